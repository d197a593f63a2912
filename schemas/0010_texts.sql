-- The texts of calls, for who asked for them (ingest --store-content); nothing is in here otherwise.
-- Applied once, in one transaction together with PRAGMA user_version; never edited after a release.
CREATE TABLE content (
    key        INTEGER PRIMARY KEY, -- call_id * 4 + side: 0 context, 1 input, 2 output
    text       TEXT    NOT NULL,
    chars      INTEGER NOT NULL,    -- of the whole text
    cut        INTEGER NOT NULL CHECK (cut IN (0, 1)), -- 1: text is its beginning only
    redactions INTEGER NOT NULL,    -- places in the whole text that were made unreadable
    rank       BLOB    NOT NULL     -- of the record it came from: the largest one's text stays
) STRICT;
