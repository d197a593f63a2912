-- The scores on cases, each with its run: by its own name, else the input it came from; those that came
-- in again under each input, with the place of the first. Behind them the calls of these inputs, where
-- target_id is NULL: cost, input and output tokens and latency.
SELECT target_id, (SELECT text FROM dictionary WHERE dimension = 'score_name' AND id = name_id),
       value, passed, run, cluster, path, source_id, source_line,
       NULL, NULL, NULL, NULL, NULL
FROM score JOIN source USING (source_id) LEFT JOIN score_case USING (score_id)
WHERE target = 3
UNION ALL
SELECT target_id, (SELECT text FROM dictionary WHERE dimension = 'score_name' AND id = name_id),
       value, passed, run, cluster, path, score.source_id, source_line,
       NULL, NULL, NULL, NULL, NULL
FROM score_again JOIN source USING (source_id) JOIN score USING (score_id)
LEFT JOIN score_case USING (score_id)
WHERE target = 3
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, path, source_id, source_line,
       coalesce(cost_given_nusd, cost_computed_nusd), input_tokens, output_tokens,
       total_tokens_given, latency_us
FROM call JOIN source USING (source_id)
WHERE shadowed IS NULL AND source_id IN (SELECT source_id FROM score WHERE target = 3);
