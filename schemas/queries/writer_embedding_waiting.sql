-- The next rows behind (:call_key, :id) that wait for their call, at most :limit.
SELECT call_key, embedding_id FROM embedding
WHERE call_id IS NULL AND call_key IS NOT NULL AND (call_key, embedding_id) > (:call_key, :id)
ORDER BY call_key, embedding_id
LIMIT :limit;
