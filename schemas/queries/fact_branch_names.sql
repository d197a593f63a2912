-- The nodes that decisions of calls led to.
SELECT id, text FROM dictionary
WHERE dimension = 'node'
  AND id IN (SELECT to_node_id FROM branch_decision WHERE call_id IS NOT NULL)
ORDER BY text;
