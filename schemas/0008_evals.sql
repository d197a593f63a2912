-- Runs of evaluations: what scores on cases say beside their value, and the baselines of `gate`, with
-- which later runs are compared. No text of cases.
-- Applied once, in one transaction together with PRAGMA user_version; never edited after a release.

-- Of scores whose log names their run, or what their case belongs to.
CREATE TABLE score_case (
    score_id INTEGER PRIMARY KEY,
    run      TEXT,
    cluster  TEXT
) STRICT;

-- A score on a case whose line, without an id of its own, came in again from another input: it is a
-- result of the run there, too.
CREATE TABLE score_again (
    source_id INTEGER NOT NULL,
    score_id  INTEGER NOT NULL,
    PRIMARY KEY (source_id, score_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE baseline (
    baseline_id    INTEGER PRIMARY KEY, -- the newest of a name counts
    name           TEXT    NOT NULL,
    blessed_us     INTEGER NOT NULL,
    commit_id      TEXT,                -- of what was evaluated, where it was told
    source         TEXT    NOT NULL,    -- the file as it was named
    run            TEXT,                -- the run by its own name
    cases          INTEGER NOT NULL,
    calls          INTEGER NOT NULL,    -- that the run's log tells of
    cost_nusd      INTEGER NOT NULL,    -- of cost_calls of them
    cost_calls     INTEGER NOT NULL,
    tokens         INTEGER NOT NULL,    -- input and output, of token_calls of them
    token_calls    INTEGER NOT NULL,
    latency_p95_us REAL                 -- NULL: no call has a latency
) STRICT;
-- serves: the newest of a name, and the history of one
CREATE INDEX baseline_by_name ON baseline (name, baseline_id);

CREATE TABLE baseline_metric (
    baseline_id INTEGER NOT NULL,
    metric      INTEGER NOT NULL, -- from 0
    name        TEXT    NOT NULL, -- a score's name
    cases       INTEGER NOT NULL, -- that have a value
    mean        REAL,             -- of the means of their results; NULL: no case has a value
    PRIMARY KEY (baseline_id, metric)
) STRICT, WITHOUT ROWID;

-- The results of the newest baseline of each name.
CREATE TABLE baseline_result (
    baseline_id INTEGER NOT NULL,
    row         INTEGER NOT NULL, -- in the order of the run
    metric      INTEGER NOT NULL,
    case_id     TEXT    NOT NULL,
    cluster     INTEGER,          -- hash of what the case belongs to
    sum         REAL    NOT NULL, -- of n results with a value
    n           INTEGER NOT NULL CHECK (n >= 0),
    lost        INTEGER NOT NULL CHECK (lost >= 0), -- results without one
    passed      INTEGER NOT NULL CHECK (passed >= 0),
    verdicts    INTEGER NOT NULL CHECK (verdicts >= passed),
    PRIMARY KEY (baseline_id, row)
) STRICT, WITHOUT ROWID;
