-- What a span without usage says of the calls below it: who they are for. One row for each span that
-- says any of it, under the span's own number. A call that lacks such a field takes it from the nearest
-- span above that has it (call.inherited), and where that span is a call itself, from its row.
CREATE TABLE span_context (
    span_row    INTEGER PRIMARY KEY, -- of table span
    feature_id  INTEGER,             -- dictionaries as in table call
    user_id     INTEGER,
    team_id     INTEGER,
    project_id  INTEGER,
    agent_id    INTEGER,
    tenant_id   INTEGER,
    session_key INTEGER              -- session.key
) STRICT;
