-- Guardrails that were triggered in calls, where the log names them: in the call's own record, or in a
-- span of its trace.
--   call_id   the call, as in v_calls
--   rule      NULL: the log does not say
--   action    blocked filtered flagged ..., NULL: the log does not say
CREATE VIEW v_guardrails AS
SELECT
    call_id,
    (SELECT text FROM dictionary WHERE dimension = 'rule' AND id = rule_id) AS rule,
    (SELECT text FROM dictionary WHERE dimension = 'action' AND id = action_id) AS action
FROM (
    SELECT call_id, rule_id, action_id FROM guardrail
    UNION
    SELECT call_id, rule_id, action_id FROM span_guardrail WHERE call_id IS NOT NULL
) AS triggered
WHERE (SELECT shadowed FROM call WHERE call.call_id = triggered.call_id) IS NULL;
