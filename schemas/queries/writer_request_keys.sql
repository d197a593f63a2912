-- The next keys behind :after of requests that scores wait for or have found by now, at most :limit: the
-- key, whether a call was found, which one (NULL: several), and the first score that waits (NULL: none).
SELECT call_key, found.call_key IS NOT NULL, found.call_id,
       (SELECT min(score_id) FROM score
        WHERE score.call_key = wanted.call_key AND score.call_id IS NULL)
FROM (
    SELECT call_key FROM score
    WHERE call_id IS NULL AND call_key IS NOT NULL AND call_key > :after
    UNION
    SELECT call_key FROM request_call WHERE call_key > :after
) AS wanted LEFT JOIN request_call AS found USING (call_key)
ORDER BY call_key
LIMIT :limit;
