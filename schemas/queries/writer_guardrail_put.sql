-- A guardrail that was triggered in a call, once however often the call is told of.
INSERT INTO guardrail (call_id, rule_id, action_id) VALUES (:call_id, :rule_id, :action_id)
ON CONFLICT DO NOTHING;
