-- How the rows beside the calls hang together, one row of counts: spans; spans whose parent is not
-- there; spans that end before they start; traces; traces without a root; scores, tool calls and
-- branch decisions, and of each those that wait for their call; calls with more than one record,
-- and these records; sources, and those with a rest that is not read.
SELECT
    (SELECT count(*) FROM span),
    (SELECT count(*) FROM span
     WHERE parent IS NOT NULL AND NOT EXISTS
         (SELECT 1 FROM span AS above
          WHERE above.trace_key = span.trace_key AND above.span = span.parent)),
    (SELECT count(*) FROM span WHERE ended_us < started_us),
    (SELECT count(DISTINCT trace_key) FROM span),
    (SELECT count(*) FROM
         (SELECT 1 FROM span GROUP BY trace_key HAVING count(*) = count(parent))),
    (SELECT count(*) FROM score),
    (SELECT count(*) FROM score WHERE call_id IS NULL AND call_key IS NOT NULL),
    (SELECT count(*) FROM tool_call),
    (SELECT count(*) FROM tool_call WHERE call_id IS NULL AND call_key IS NOT NULL),
    (SELECT count(*) FROM branch_decision),
    (SELECT count(*) FROM branch_decision WHERE call_id IS NULL AND call_key IS NOT NULL),
    (SELECT count(DISTINCT call_id) FROM call_version JOIN call USING (call_id)
     WHERE call.shadowed IS NULL),
    (SELECT count(*) FROM call_version JOIN call USING (call_id) WHERE call.shadowed IS NULL),
    (SELECT count(*) FROM source),
    (SELECT count(*) FROM source WHERE NOT complete);
