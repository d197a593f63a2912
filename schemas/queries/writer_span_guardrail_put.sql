-- A guardrail that a span says was triggered, once however often the span comes in. No row when there is
-- no such span.
INSERT INTO span_guardrail (span_row, rule_id, action_id)
SELECT span_row, :rule_id, :action_id FROM span WHERE trace_key = :trace_key AND span = :span
ON CONFLICT DO NOTHING;
