-- A score, new or again: the latest holds, at one time the larger value, then the larger of what
-- else differs, so that the order does not matter.
INSERT INTO score (identity_key, identity, target, target_id, call_key, call_id, name_id, scorer_id,
                   label, value, passed, at_us, source_id, source_line, judge_model_id)
VALUES (:identity_key, :identity, :target, :target_id, :call_key, :call_id, :name_id, :scorer_id,
        :label, :value, :passed, :at_us, :source_id, :source_line,
        :judge_model_id)
ON CONFLICT (identity_key) DO UPDATE SET
    target = excluded.target, target_id = excluded.target_id, call_key = excluded.call_key,
    call_id = excluded.call_id, name_id = excluded.name_id, scorer_id = excluded.scorer_id,
    label = excluded.label, value = excluded.value, passed = excluded.passed,
    at_us = excluded.at_us, judge_model_id = excluded.judge_model_id
WHERE (excluded.at_us IS NOT NULL, coalesce(excluded.at_us, 0),
       excluded.value IS NOT NULL, coalesce(excluded.value, 0),
       coalesce(excluded.label, ''), coalesce(excluded.passed, -1),
       excluded.target, coalesce(excluded.target_id, x''),
       excluded.call_key IS NOT NULL, coalesce(excluded.call_key, 0),
       coalesce((SELECT text FROM dictionary
                 WHERE dimension = 'score_name' AND id = excluded.name_id), ''),
       coalesce((SELECT text FROM dictionary
                 WHERE dimension = 'scorer' AND id = excluded.scorer_id), ''),
       coalesce((SELECT text FROM dictionary
                 WHERE dimension = 'judge_model' AND id = excluded.judge_model_id), ''))
      > (at_us IS NOT NULL, coalesce(at_us, 0),
         value IS NOT NULL, coalesce(value, 0),
         coalesce(label, ''), coalesce(passed, -1),
         target, coalesce(target_id, x''),
         call_key IS NOT NULL, coalesce(call_key, 0),
         coalesce((SELECT text FROM dictionary
                   WHERE dimension = 'score_name' AND id = name_id), ''),
         coalesce((SELECT text FROM dictionary
                   WHERE dimension = 'scorer' AND id = scorer_id), ''),
         coalesce((SELECT text FROM dictionary
                   WHERE dimension = 'judge_model' AND id = judge_model_id), ''));
