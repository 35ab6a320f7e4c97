"""Prints lines of a BIND query log whose name is in sets: set_lookup.py LOG LIST..."""

import sys

names, addresses = set(), set()
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as rows:
        next(rows)
        for row in rows:
            value = row.split(",", 1)[0]
            (addresses if value[-1:].isdigit() else names).add(value)

with open(sys.argv[1], encoding="utf-8") as log:
    for line in log:
        at = line.find(" query: ")
        if at < 0:
            continue
        name = line[at + 8 :].split(" ", 1)[0].lower().rstrip(".")
        while name:
            if name in names:
                sys.stdout.write(line)
                break
            name = name.partition(".")[2]
