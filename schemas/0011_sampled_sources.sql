-- Of the lines of a source only a share of the calls was kept, drawn by their ids; all that met a
-- guardrail were (call.flags & 64). A call on one of these lines without that flag stands for
-- 10^9 / rate_ppb calls.
CREATE TABLE source_sample (
    source_id  INTEGER NOT NULL,
    first_line INTEGER NOT NULL,
    last_line  INTEGER NOT NULL,
    rate_ppb   INTEGER NOT NULL CHECK (rate_ppb > 0 AND rate_ppb < 1000000000),
    kept       INTEGER NOT NULL, -- records of calls that were stored
    left_out   INTEGER NOT NULL, -- and that were not
    PRIMARY KEY (source_id, first_line)
) STRICT, WITHOUT ROWID;
