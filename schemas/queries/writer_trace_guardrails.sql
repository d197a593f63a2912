-- The spans of one trace that say of triggered guardrails.
SELECT DISTINCT span_row, started_us
FROM span CROSS JOIN span_guardrail USING (span_row)
WHERE trace_key = :trace_key;
