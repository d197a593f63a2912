-- All scores of calls that are here, of traces and of sessions (not of cases, and not those that wait),
-- by call_id. target_id is packed; passed 0 or 1; weight: calls that the one judged stands for.
SELECT score_id, call_id, target, target_id, name_id, scorer_id, value, passed, weight
FROM score LEFT JOIN score_weight USING (score_id)
WHERE call_id IS NOT NULL OR target IN (1, 2)
ORDER BY call_id, score_id;
