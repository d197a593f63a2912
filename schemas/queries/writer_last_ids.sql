-- The largest row ids in use; NULL: none. Then whether any span says something of the calls below it,
-- whether any tells of guardrails, and the last score.
SELECT (SELECT max(call_id) FROM call), (SELECT max(meta_id) FROM meta),
       EXISTS (SELECT 1 FROM span_context), EXISTS (SELECT 1 FROM span_guardrail),
       (SELECT max(score_id) FROM score);
