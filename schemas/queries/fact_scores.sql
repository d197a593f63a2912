-- What the scores under name :id say of each call; a verdict without a number is 0 or 1.
SELECT call_id, coalesce(value, passed) FROM score
WHERE name_id = :id AND target = 0 AND call_id IS NOT NULL AND coalesce(value, passed) IS NOT NULL;
