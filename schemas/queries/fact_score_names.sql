-- The names of calls' scores.
SELECT id, text FROM dictionary
WHERE dimension = 'score_name'
  AND id IN (SELECT name_id FROM score WHERE target = 0 AND call_id IS NOT NULL)
ORDER BY text;
