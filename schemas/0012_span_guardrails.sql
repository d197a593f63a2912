-- Guardrails that spans without usage say were triggered. They are about a call of their trace, which
-- may come in later: call_id is decided with the trace. What a call's own record says is in table
-- guardrail.
CREATE TABLE span_guardrail (
    span_row  INTEGER NOT NULL, -- of table span
    rule_id   INTEGER NOT NULL, -- dictionary 'rule', 0: the log does not say
    action_id INTEGER NOT NULL, -- dictionary 'action', 0: the log does not say
    call_id   INTEGER,          -- NULL: there is no call in the trace, so far
    PRIMARY KEY (span_row, rule_id, action_id)
) STRICT, WITHOUT ROWID;
