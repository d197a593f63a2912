-- What marked spans say of the guardrails of their calls stays with the calls.
INSERT INTO guardrail (call_id, rule_id, action_id)
SELECT call_id, rule_id, action_id FROM span_guardrail
WHERE call_id IS NOT NULL AND span_row IN (SELECT span_row FROM temp.removed_span)
ON CONFLICT DO NOTHING;
