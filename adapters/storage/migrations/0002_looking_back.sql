-- What devices contacted, log by log, so that a list that grows is held against earlier logs too.
-- One row a file; `lists` are the ids of the lists it was held against, as JSON. `is_unsure` says
-- that a web address has to be looked for in the log itself, which is not kept.
CREATE TABLE side_cars (
    source_id TEXT NOT NULL REFERENCES sources (id),
    number BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    lists TEXT NOT NULL,
    is_unsure BIGINT NOT NULL,
    kept_until BIGINT NOT NULL,
    PRIMARY KEY (source_id, number)
);
CREATE INDEX side_cars_by_content ON side_cars (sha256);
