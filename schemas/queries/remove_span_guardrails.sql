-- Deletes the guardrails that marked spans tell of, and those of marked calls.
DELETE FROM span_guardrail
WHERE span_row IN (SELECT span_row FROM temp.removed_span)
    OR call_id IN (SELECT call_id FROM temp.removed_call);
