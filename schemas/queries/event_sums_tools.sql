-- Calls of each tool by period: tool, number of the period, calls of which it is known how they
-- went, those that failed in millionths. Parameters as in event_sums_scores.sql.
SELECT
    (SELECT text FROM dictionary WHERE dimension = 'tool' AND id = tool_id),
    (at - :since) / :step AS period,
    count(*),
    1000000 * sum(status = 1)
FROM (
    SELECT tool_id, tool_call.status,
           coalesce(tool_call.started_us, tool_call.ended_us, call.started_us) AS at
    FROM tool_call LEFT JOIN call USING (call_id)
    WHERE tool_call.status IN (0, 1, 2)
)
WHERE at >= :since AND at < :until AND tool_id IS NOT NULL
GROUP BY tool_id, period;
