"""Names of a BIND query log against sets: set_lookup.py LOG LIST..."""

import sys

names, addresses = set(), set()
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as rows:
        next(rows)
        for row in rows:
            value = row.split(",", 1)[0]
            (addresses if value[-1:].isdigit() else names).add(value)

hits = 0
with open(sys.argv[1], encoding="utf-8") as log:
    for line in log:
        at = line.find(" query: ")
        if at < 0:
            continue
        name = line[at + 8 :].split(" ", 1)[0].lower().rstrip(".")
        while name:
            if name in names:
                hits += 1
                break
            name = name.partition(".")[2]
print(hits)
