-- What is being removed, while it is: calls, spans, and the ids of sessions and traces that go with
-- their last call. Several statements.
CREATE TEMP TABLE removed_call (call_id INTEGER PRIMARY KEY) STRICT;
CREATE TEMP TABLE removed_span (span_row INTEGER PRIMARY KEY) STRICT;
CREATE TEMP TABLE removed_trace (id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TEMP TABLE removed_session (key INTEGER PRIMARY KEY) STRICT;
