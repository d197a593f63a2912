-- For each decision of a call: 1 when it led to node :id, 0 when it led elsewhere.
SELECT call_id, to_node_id = :id FROM branch_decision
WHERE call_id IS NOT NULL AND to_node_id IS NOT NULL;
