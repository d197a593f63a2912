-- Prices: the rows that calls were priced by, which stay for ever (call.price_id names them), and those
-- that the user added or imported. Money is nano-dollars per million tokens; NULL: not known.
-- Applied once, in one transaction together with PRAGMA user_version = 2; never edited after a release.
CREATE TABLE price (
    price_id       INTEGER PRIMARY KEY,
    origin         TEXT    NOT NULL CHECK (origin IN ('built-in', 'user', 'import', 'config')),
    active         INTEGER NOT NULL CHECK (active IN (0, 1)), -- 1: calls may be priced by it from now on
    fingerprint    INTEGER NOT NULL, -- of what it says; see price_row_fingerprint()
    provider       TEXT,             -- NULL: whoever sends the bill
    model          TEXT    NOT NULL,
    pattern        TEXT    NOT NULL, -- PCRE2, for the whole id of a log
    named_only     INTEGER NOT NULL CHECK (named_only IN (0, 1)), -- 1: the log has to name the provider
    embedding      INTEGER NOT NULL CHECK (embedding IN (0, 1)),  -- 1: there is no output to pay for
    service_tier   TEXT,             -- NULL: the standard one
    input          INTEGER,
    output         INTEGER,
    cache_read     INTEGER,
    cache_write_5m INTEGER,
    cache_write_1h INTEGER,
    batch_input    INTEGER,
    batch_output   INTEGER,
    reasoning      INTEGER,          -- only where it is not that of output
    audio_input    INTEGER,
    audio_output   INTEGER,
    tiers          TEXT,             -- as in schemas/prices.tsv, in dollars
    context_window INTEGER,          -- tokens
    max_output     INTEGER,
    from_us        INTEGER,          -- microseconds since 1970 UTC; valid in [from_us, until_us);
    until_us       INTEGER,          -- NULL: open
    sources        TEXT,
    note           TEXT
) STRICT;
-- serves: a row that is there already is not stored twice
CREATE UNIQUE INDEX price_fingerprint ON price (fingerprint);
