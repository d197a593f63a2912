-- The next rows behind (:call_key, :id) that wait for their call, at most :limit.
SELECT call_key, branch_id FROM branch_decision
WHERE call_id IS NULL AND call_key IS NOT NULL AND (call_key, branch_id) > (:call_key, :id)
ORDER BY call_key, branch_id
LIMIT :limit;
