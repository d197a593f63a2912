-- Triggered guardrails of all calls: the call's identity key, rule and action, empty where unknown.
SELECT identity_key,
       coalesce((SELECT text FROM dictionary WHERE dimension = 'rule' AND id = rule_id), ''),
       coalesce((SELECT text FROM dictionary WHERE dimension = 'action' AND id = action_id), '')
FROM (
    SELECT call_id, rule_id, action_id FROM guardrail
    UNION
    SELECT call_id, rule_id, action_id FROM span_guardrail WHERE call_id IS NOT NULL
) JOIN call USING (call_id)
WHERE shadowed IS NULL;
