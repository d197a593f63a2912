-- All scores with what their numbers stand for, once for each source that brought them in.
WITH seen AS (
    SELECT 0 AS again, score_id, source_id, source_line FROM score
    UNION ALL
    SELECT 1, score_id, source_id, 0 FROM score_again
)
SELECT x.identity_key, x.identity, seen.source_id, seen.source_line, x.call_key, x.target, x.target_id,
       n.text AS name, s.text AS scorer, x.label, x.value, x.passed, x.at_us, w.weight, c.run, c.cluster,
       j.text AS judge_model
FROM seen
JOIN score AS x ON x.score_id = seen.score_id
LEFT JOIN dictionary AS n ON n.dimension = 'score_name' AND n.id = x.name_id
LEFT JOIN dictionary AS s ON s.dimension = 'scorer' AND s.id = x.scorer_id
LEFT JOIN dictionary AS j ON j.dimension = 'judge_model' AND j.id = x.judge_model_id
LEFT JOIN score_weight AS w ON w.score_id = x.score_id
LEFT JOIN score_case AS c ON c.score_id = x.score_id
ORDER BY seen.again, seen.score_id, seen.source_id;
