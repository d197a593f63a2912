-- What scanning found in the texts of calls: counts by kind, never what was found. Written only for
-- calls in which something was found; call.flags says which calls were scanned.
CREATE TABLE finding (
    call_id INTEGER NOT NULL,
    kind_id INTEGER NOT NULL, -- dictionary 'finding'
    side    INTEGER NOT NULL CHECK (side IN (0, 1)), -- 0 input, 1 output
    n       INTEGER NOT NULL CHECK (n > 0),
    PRIMARY KEY (call_id, kind_id, side)
) STRICT, WITHOUT ROWID;

-- Guardrails that were triggered in calls, where the log names them; call.flags has all of them.
CREATE TABLE guardrail (
    call_id   INTEGER NOT NULL,
    rule_id   INTEGER NOT NULL, -- dictionary 'rule', 0: the log does not say
    action_id INTEGER NOT NULL, -- dictionary 'action', 0: the log does not say
    PRIMARY KEY (call_id, rule_id, action_id)
) STRICT, WITHOUT ROWID;
