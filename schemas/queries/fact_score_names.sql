-- The names of scores of calls, of traces and of sessions.
SELECT id, text FROM dictionary
WHERE dimension = 'score_name'
  AND id IN (SELECT name_id FROM score
             WHERE (target = 0 AND call_id IS NOT NULL) OR target IN (1, 2))
ORDER BY text;
