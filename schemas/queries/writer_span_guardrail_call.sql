-- The call that the guardrails of a span are about.
UPDATE span_guardrail SET call_id = :call_id WHERE span_row = :span_row;
