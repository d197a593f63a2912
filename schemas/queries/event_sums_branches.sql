-- Decisions on each condition by period: condition, number of the period, decisions with a result,
-- results that were true in millionths. Parameters as in event_sums_scores.sql.
SELECT
    (SELECT text FROM dictionary WHERE dimension = 'condition' AND id = condition_id),
    (at - :since) / :step AS period,
    count(*),
    1000000 * sum(result)
FROM (
    SELECT condition_id, coalesce(decided_us, started_us) AS at, result
    FROM branch_decision LEFT JOIN call USING (call_id)
    WHERE result IS NOT NULL
)
WHERE at >= :since AND at < :until AND condition_id IS NOT NULL
GROUP BY condition_id, period;
