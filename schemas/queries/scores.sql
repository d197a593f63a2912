-- All scores of calls that are here, of traces and of sessions (not of cases, and not those that wait).
-- target_id is packed; passed 0 or 1; weight: calls that the one judged stands for, those
-- included that were left out when its log was sampled; NULL: itself alone.
SELECT score_id, call_id, target, target_id, name_id, scorer_id, judge_model_id, value, passed,
       CASE WHEN call_id IS NULL OR NOT EXISTS (SELECT 1 FROM source_sample) THEN weight
            ELSE coalesce(weight, 1) * coalesce((
                SELECT 1e9 / rate_ppb
                FROM call JOIN source_sample USING (source_id)
                WHERE call.call_id = score.call_id
                    AND source_line BETWEEN first_line AND last_line
                    AND coalesce(flags, 0) & 64 = 0), 1)
       END
FROM score LEFT JOIN score_weight USING (score_id)
WHERE call_id IS NOT NULL OR target IN (1, 2)
ORDER BY score_id;
