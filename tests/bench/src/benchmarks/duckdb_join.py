"""Prints lines of a BIND query log whose name, or one above it, is in a list, by DuckDB's join:
duckdb_join.py LOG LIST..."""

import sys

import duckdb

database = duckdb.connect(config={"threads": 1})
lists = ", ".join("?" for _ in sys.argv[2:])
database.execute(
    f"""CREATE TABLE names AS SELECT DISTINCT lower(indicator) AS name
    FROM read_csv([{lists}], header = true, all_varchar = true, union_by_name = true)""",
    sys.argv[2:],
)
database.execute(
    """CREATE TABLE lines AS
    SELECT row_number() OVER () AS number, line,
      rtrim(lower(regexp_extract(line, ' query: ([^ ]+) ', 1)), '.') AS name
    FROM read_csv(?, columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '',
      header = false, auto_detect = false)""",
    [sys.argv[1]],
)
found = database.execute(
    """WITH labels AS (SELECT number, string_split(name, '.') AS labels FROM lines),
    suffixes AS (
      SELECT DISTINCT number, array_to_string(labels[first:], '.') AS name
      FROM labels, LATERAL (SELECT unnest(range(1, len(labels) + 1)) AS first))
    SELECT DISTINCT lines.number, lines.line
    FROM suffixes JOIN names USING (name) JOIN lines USING (number)"""
).fetchall()
for _, line in found:
    print(line)
