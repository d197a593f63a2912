-- Deletes the guardrails that marked calls triggered.
DELETE FROM guardrail WHERE call_id IN (SELECT call_id FROM temp.removed_call);
