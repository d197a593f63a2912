-- How many rows of each kind there are, except calls: spans, tool calls, branch decisions, scores,
-- scores that wait for their call, quarantined lines.
SELECT (SELECT count(*) FROM span),
       (SELECT count(*) FROM tool_call),
       (SELECT count(*) FROM branch_decision),
       (SELECT count(*) FROM score),
       (SELECT count(*) FROM score WHERE call_id IS NULL AND call_key IS NOT NULL),
       (SELECT count(*) FROM quarantine);
