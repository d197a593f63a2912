-- The facts: what the logs said. Times are integer microseconds UTC, money integer nano-dollars,
-- durations integer microseconds. NULL means: the log does not say. No content is in here.
-- Applied once, in one transaction together with PRAGMA user_version = 1; never edited after a release.

-- Text of every bounded dimension; ids are dense from 1 within a dimension. Dimensions are those of
-- lib/record/fields.c, and identity_family, tool, node, condition, score_name, scorer.
CREATE TABLE dictionary (
    dimension TEXT    NOT NULL,
    id        INTEGER NOT NULL CHECK (id > 0),
    text      TEXT    NOT NULL,
    PRIMARY KEY (dimension, id)
) STRICT, WITHOUT ROWID;

-- Conversations, traces: unbounded, so keyed by a 64-bit hash of their id (the next free key when
-- two ids have one hash). id is packed: see call_identity.
CREATE TABLE session (key INTEGER PRIMARY KEY, id BLOB NOT NULL) STRICT;
CREATE TABLE trace   (key INTEGER PRIMARY KEY, id BLOB NOT NULL) STRICT;

-- Leftover scalars of a line as one JSON object with sorted keys; many calls share one row.
CREATE TABLE meta (meta_id INTEGER PRIMARY KEY, scalars TEXT NOT NULL) STRICT;

-- One row for each request to a model, and (shadowed = 1) for each span with usage above one.
-- Those that most calls have come first: a row ends with the last one that is known, so that the
-- others cost nothing.
CREATE TABLE call (
    call_id                    INTEGER PRIMARY KEY,
    request_model_id           INTEGER,
    provider_id                INTEGER,
    feature_id                 INTEGER,
    user_id                    INTEGER,
    environment_id             INTEGER,
    service_id                 INTEGER,
    prompt_id                  INTEGER,
    prompt_version_id          INTEGER,
    finish_reason_id           INTEGER,
    finish_reason_raw_id       INTEGER,
    source_format_id           INTEGER,
    started_us                 INTEGER,
    latency_us                 INTEGER CHECK (latency_us >= 0),
    time_to_first_token_us     INTEGER CHECK (time_to_first_token_us >= 0),
    input_tokens               INTEGER CHECK (input_tokens >= 0), -- cached ones included
    output_tokens              INTEGER CHECK (output_tokens >= 0), -- reasoning included
    cache_read_tokens          INTEGER CHECK (cache_read_tokens >= 0),
    cost_given_nusd            INTEGER, -- what the log says
    status                     INTEGER, -- 0 ok, 1 error, 2 cancelled, 3 unknown
    input_hash                 INTEGER, -- first 64 bits of SHA-256 of the text
    output_hash                INTEGER,
    session_key                INTEGER, -- session.key
    meta_id                    INTEGER, -- meta.meta_id
    cost_computed_nusd         INTEGER, -- from the price table
    price_id                   INTEGER, -- the row it was computed from
    identity_key               INTEGER NOT NULL,
    source_id                  INTEGER NOT NULL,
    source_line                INTEGER NOT NULL,
    response_model_id          INTEGER,
    operation_id               INTEGER,
    flags                      INTEGER, -- 1 streaming, 2 batch, 4 from a proxy's cache, 8 aggregate,
                                        -- 16 sidechain, 32 time without zone, 64 guardrail
    cache_write_tokens         INTEGER CHECK (cache_write_tokens >= 0),
    cache_write_5m_tokens      INTEGER CHECK (cache_write_5m_tokens >= 0),
    cache_write_1h_tokens      INTEGER CHECK (cache_write_1h_tokens >= 0),
    tier_id                    INTEGER,
    reasoning_tokens           INTEGER CHECK (reasoning_tokens >= 0),
    error_kind_id              INTEGER,
    http_status                INTEGER,
    error_hash                 INTEGER,
    team_id                    INTEGER,
    project_id                 INTEGER,
    agent_id                   INTEGER,
    tenant_id                  INTEGER,
    template_id                INTEGER,
    time_per_output_token_us   INTEGER CHECK (time_per_output_token_us >= 0),
    queue_us                   INTEGER CHECK (queue_us >= 0),
    audio_input_tokens         INTEGER CHECK (audio_input_tokens >= 0),
    audio_output_tokens        INTEGER CHECK (audio_output_tokens >= 0),
    total_tokens_given         INTEGER CHECK (total_tokens_given >= 0), -- only a total was given
    input_chars                INTEGER,
    output_chars               INTEGER,
    shadowed                   INTEGER, -- 1: a span below it has usage too; NULL: a call
    inherited                  INTEGER  -- bit f: field f comes from a shadowed ancestor
) STRICT;

-- The ids of a call, packed: first byte 0 = text follows, 1 = a lower-case UUID in 16 bytes,
-- 2 = lower-case hex digits in half as many bytes.
CREATE TABLE call_identity (
    call_id   INTEGER PRIMARY KEY,
    kind      INTEGER NOT NULL, -- 0 line, 1 own, 2 span: which columns make the identity
    family_id INTEGER,          -- kind own: dictionary 'identity_family'
    own       BLOB,             -- kind own: the id when it is not request; kind line: 16 bytes of
                                -- hash and 4 of ordinal, little-endian, not packed
    request   BLOB,
    trace     BLOB,
    span      BLOB,
    parent    BLOB
) STRICT;

-- All differing records that were merged into a call of which there was more than one; call then
-- holds the winner's fields, completed from the others in order of rank. The columns of call in the
-- order of enum call_field and enum call_column, as logged: nothing inherited, NULL in shadowed and
-- inherited.
CREATE TABLE call_version (
    version_id                 INTEGER PRIMARY KEY,
    call_id                    INTEGER NOT NULL,
    request_model_id INTEGER, response_model_id INTEGER, provider_id INTEGER, operation_id INTEGER,
    feature_id INTEGER, user_id INTEGER, environment_id INTEGER, service_id INTEGER,
    team_id INTEGER, project_id INTEGER, agent_id INTEGER, tenant_id INTEGER, prompt_id INTEGER,
    prompt_version_id INTEGER, template_id INTEGER, error_kind_id INTEGER,
    finish_reason_id INTEGER, finish_reason_raw_id INTEGER, tier_id INTEGER,
    source_format_id INTEGER, started_us INTEGER, latency_us INTEGER,
    time_to_first_token_us INTEGER, time_per_output_token_us INTEGER, queue_us INTEGER,
    input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER,
    cache_write_tokens INTEGER, cache_write_5m_tokens INTEGER, cache_write_1h_tokens INTEGER,
    reasoning_tokens INTEGER, audio_input_tokens INTEGER, audio_output_tokens INTEGER,
    total_tokens_given INTEGER, cost_given_nusd INTEGER, status INTEGER, http_status INTEGER,
    flags INTEGER, input_hash INTEGER, output_hash INTEGER, error_hash INTEGER,
    input_chars INTEGER, output_chars INTEGER, session_key INTEGER, meta_id INTEGER,
    cost_computed_nusd INTEGER, price_id INTEGER, shadowed INTEGER,
    identity_key INTEGER NOT NULL, source_id INTEGER NOT NULL, source_line INTEGER NOT NULL,
    inherited INTEGER
) STRICT;
-- serves: the versions of one call when another record of it arrives
CREATE INDEX call_version_by_call ON call_version (call_id);

CREATE TABLE span (
    span_row   INTEGER PRIMARY KEY,
    trace_key  INTEGER NOT NULL, -- trace.key
    span       BLOB    NOT NULL, -- packed
    parent     BLOB,             -- packed; NULL: root
    name       TEXT,
    kind       TEXT,             -- llm agent tool chain retriever embedding reranker guardrail
                                 -- evaluator other
    service    TEXT,
    scope      TEXT,
    error_type TEXT,
    status     INTEGER,          -- as call.status
    started_us INTEGER,
    ended_us   INTEGER,
    attributes TEXT,             -- allowed scalars as JSON
    call_id    INTEGER,          -- its row in call, when it has usage
    source_id  INTEGER NOT NULL,
    source_line INTEGER NOT NULL
) STRICT;
-- serves: one trace's spans; and it keeps a span from being stored twice
CREATE UNIQUE INDEX span_identity ON span (trace_key, span);

CREATE TABLE tool_call (
    tool_call_id INTEGER PRIMARY KEY,
    identity_key INTEGER NOT NULL,
    identity     TEXT    NOT NULL,
    call_key     INTEGER,          -- call.identity_key of the call that asked for it
    call_id      INTEGER,          -- NULL: none, or not seen yet
    request      BLOB,             -- packed
    trace        BLOB,             -- packed
    tool_id      INTEGER,          -- dictionary 'tool'
    error_kind_id INTEGER,         -- dictionary 'error_kind'
    started_us   INTEGER,
    ended_us     INTEGER,
    latency_us   INTEGER,          -- as logged; NULL: ended_us - started_us
    status       INTEGER,
    input_chars  INTEGER,
    output_chars INTEGER,
    source_id    INTEGER NOT NULL,
    source_line  INTEGER NOT NULL
) STRICT;
-- serves: the tool call a second half or a repeat belongs to
CREATE UNIQUE INDEX tool_call_identity ON tool_call (identity_key);
-- serves: those that wait for their call
CREATE INDEX tool_call_waiting ON tool_call (call_key) WHERE call_id IS NULL AND call_key IS NOT NULL;

CREATE TABLE branch_decision (
    branch_id    INTEGER PRIMARY KEY,
    identity_key INTEGER NOT NULL,
    identity     TEXT    NOT NULL,
    call_key     INTEGER,
    call_id      INTEGER,
    request      BLOB,
    trace        BLOB,
    from_node_id INTEGER,          -- dictionary 'node'
    to_node_id   INTEGER,          -- dictionary 'node'
    condition_id INTEGER,          -- dictionary 'condition'
    result       INTEGER CHECK (result IN (0, 1)),
    decided_us   INTEGER,
    context      TEXT,             -- its numbers and booleans as JSON
    source_id    INTEGER NOT NULL,
    source_line  INTEGER NOT NULL
) STRICT;
-- serves: a repeat of the same decision
CREATE UNIQUE INDEX branch_decision_identity ON branch_decision (identity_key);
-- serves: those that wait for their call
CREATE INDEX branch_decision_waiting ON branch_decision (call_key)
    WHERE call_id IS NULL AND call_key IS NOT NULL;

CREATE TABLE score (
    score_id     INTEGER PRIMARY KEY,
    identity_key INTEGER NOT NULL,
    identity     TEXT    NOT NULL,
    target       INTEGER NOT NULL, -- 0 call, 1 trace, 2 session, 3 case
    target_id    BLOB,             -- packed; NULL for a call
    call_key     INTEGER,
    call_id      INTEGER,
    name_id      INTEGER,          -- dictionary 'score_name'
    scorer_id    INTEGER,          -- dictionary 'scorer': api annotation eval user rule judge
    label        TEXT,
    value        REAL,             -- NULL: unreadable or none, never a made-up 0.5
    passed       INTEGER CHECK (passed IN (0, 1)),
    at_us        INTEGER,
    source_id    INTEGER NOT NULL,
    source_line  INTEGER NOT NULL
) STRICT;
-- serves: a repeat of the same score
CREATE UNIQUE INDEX score_identity ON score (identity_key);
-- serves: those that wait for their call
CREATE INDEX score_waiting ON score (call_key) WHERE call_id IS NULL AND call_key IS NOT NULL;

-- Inputs and how far each has been read (decompressed bytes). See lib/store/store.h.
CREATE TABLE source (
    source_id  INTEGER PRIMARY KEY,
    path       TEXT    NOT NULL,
    dev        INTEGER NOT NULL,
    ino        INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns   INTEGER NOT NULL,
    head       BLOB    NOT NULL, -- 16 bytes: hash of the first line
    offset     INTEGER NOT NULL,
    lines      INTEGER NOT NULL,
    prefix     BLOB    NOT NULL, -- 16 bytes: chain over the whole 64 KiB blocks but the last ones
    tail       BLOB    NOT NULL, -- 16 bytes: hash of the 64 to 128 KiB before offset
    lineage    INTEGER NOT NULL,
    copy_of    INTEGER NOT NULL, -- source_id, 0: none
    copy_line  INTEGER NOT NULL,
    complete   INTEGER NOT NULL
) STRICT;

-- A lineage met a line without id that another lineage had brought in: it counts as seen there.
CREATE TABLE sighting (
    lineage    INTEGER NOT NULL,
    record_key INTEGER NOT NULL, -- identity_key of the record
    PRIMARY KEY (lineage, record_key)
) STRICT, WITHOUT ROWID;

-- Lines that could not be read: where, how long, which, why. Not one byte of them.
CREATE TABLE quarantine (
    quarantine_id INTEGER PRIMARY KEY,
    identity_key  INTEGER NOT NULL,
    source_id     INTEGER NOT NULL,
    source_line   INTEGER NOT NULL,
    offset        INTEGER NOT NULL, -- in the decompressed stream
    length        INTEGER NOT NULL,
    sha256        BLOB    NOT NULL, -- 32 bytes
    reason        TEXT    NOT NULL,
    field         TEXT              -- the field that could not be read
) STRICT;
-- serves: the same line met again
CREATE UNIQUE INDEX quarantine_identity ON quarantine (identity_key);

-- Derived: one blob for each column of 65,536 calls, rebuilt from call when missing or when the
-- layout in setting 'chunk_layout' is not the program's. Never trusted over the rows.
CREATE TABLE chunk (
    number         INTEGER PRIMARY KEY, -- (call_id - 1) / 65536
    rows           INTEGER NOT NULL,
    min_started_us INTEGER,             -- NULL: no row has a start
    max_started_us INTEGER,
    untimed        INTEGER NOT NULL     -- 1: some row has no start
) STRICT;
CREATE TABLE chunk_column (
    key  INTEGER PRIMARY KEY, -- chunk number * 64 + column
    data BLOB NOT NULL        -- lib/store/chunk.h; a column without any value has no row
) STRICT;

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID;
