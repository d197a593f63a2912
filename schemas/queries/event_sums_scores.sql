-- Scores under each name by period: name, number of the period, scores, sum of their values in
-- millionths (whole, so that it does not depend on the order of the rows; values beyond a million
-- count as a million). A verdict without a number is 0 or 1.
--   :since, :until   half-open window, microseconds since 1970 UTC: of the score, else of its call
--   :step            length of a period in microseconds, from :since on
SELECT
    (SELECT text FROM dictionary WHERE dimension = 'score_name' AND id = name_id),
    (at - :since) / :step AS period,
    count(*),
    sum(CAST(round(1e6 * min(1e6, max(-1e6, value))) AS INTEGER))
FROM (
    SELECT name_id, coalesce(at_us, started_us) AS at, coalesce(value, passed) AS value
    FROM score LEFT JOIN call USING (call_id)
    WHERE coalesce(value, passed) IS NOT NULL
)
WHERE at >= :since AND at < :until AND name_id IS NOT NULL
GROUP BY name_id, period;
