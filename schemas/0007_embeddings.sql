-- The vectors that logs give for answers and inputs of calls. They are made of the texts and can
-- give some of them away: who shares a database without content shares them.
CREATE TABLE embedding (
    embedding_id INTEGER PRIMARY KEY,
    identity_key INTEGER NOT NULL,
    identity     TEXT    NOT NULL,
    call_key     INTEGER,
    call_id      INTEGER,          -- NULL: none, or not seen yet
    role         INTEGER NOT NULL CHECK (role IN (0, 1)), -- 0 of the answer, 1 of the input
    model_id     INTEGER,          -- dictionary 'embedding_model': what made it
    dim          INTEGER NOT NULL CHECK (dim > 0),
    vector       BLOB    NOT NULL CHECK (length(vector) = 4 * dim), -- float32, little-endian
    source_id    INTEGER NOT NULL,
    source_line  INTEGER NOT NULL
) STRICT;
-- serves: a repeat of the same one
CREATE UNIQUE INDEX embedding_identity ON embedding (identity_key);
-- serves: those that wait for their call
CREATE INDEX embedding_waiting ON embedding (call_key) WHERE call_id IS NULL AND call_key IS NOT NULL;
