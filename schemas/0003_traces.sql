-- What finds the rows that belong to a trace, a request or a call.

-- serves: the tool calls and decisions of one call; call_id grows as they come in
CREATE INDEX tool_call_by_call ON tool_call (call_id) WHERE call_id IS NOT NULL;
CREATE INDEX branch_decision_by_call ON branch_decision (call_id) WHERE call_id IS NOT NULL;
-- serves: those of a request or a trace of which no call is known
CREATE INDEX tool_call_by_request ON tool_call (request)
    WHERE call_id IS NULL AND request IS NOT NULL;
CREATE INDEX tool_call_by_trace ON tool_call (trace)
    WHERE call_id IS NULL AND trace IS NOT NULL;
CREATE INDEX branch_decision_by_request ON branch_decision (request)
    WHERE call_id IS NULL AND request IS NOT NULL;
CREATE INDEX branch_decision_by_trace ON branch_decision (trace)
    WHERE call_id IS NULL AND trace IS NOT NULL;

-- Derived: for each 16,384 calls, and for each 16,384 spans, the fingerprints of their ids in order,
-- so that an id is found with two look-ups for each of them instead of a search through all rows, and
-- without an index that every insert would have to keep. Never trusted over the rows; rebuilt when
-- missing. See lib/store/id_runs.h.
CREATE TABLE id_run (
    key  INTEGER PRIMARY KEY, -- (kind << 40) + number * 128 + block; kind 0 calls, 1 spans
    data BLOB NOT NULL        -- 8 bytes an entry, little-endian; block 0: first entries of the others
) STRICT;

-- Change marks that somebody set: a deploy, another prompt, a new knowledge base, another model.
CREATE TABLE annotation (
    annotation_id INTEGER PRIMARY KEY,
    at_us         INTEGER NOT NULL,
    kind          TEXT    NOT NULL CHECK (kind IN ('deploy', 'prompt', 'kb', 'model', 'note')),
    text          TEXT    NOT NULL
) STRICT;
-- serves: the marks of a window, in order
CREATE INDEX annotation_by_time ON annotation (at_us);
