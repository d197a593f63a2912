-- Guardrails that were triggered in calls, where the log names them.
--   call_id   the call, as in v_calls
--   rule      NULL: the log does not say
--   action    blocked filtered flagged ..., NULL: the log does not say
CREATE VIEW v_guardrails AS
SELECT
    call_id,
    (SELECT text FROM dictionary WHERE dimension = 'rule' AND id = rule_id) AS rule,
    (SELECT text FROM dictionary WHERE dimension = 'action' AND id = action_id) AS action
FROM guardrail
WHERE (SELECT shadowed FROM call WHERE call.call_id = guardrail.call_id) IS NULL;
