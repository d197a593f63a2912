-- Branch decisions that belong to call :call_id, and those without a call that name :request or
-- :trace (packed; NULL: none), as struct step_row has them.
SELECT branch_id, call_id, identity,
       (SELECT text FROM dictionary WHERE dimension = 'node' AND id = to_node_id),
       NULL,
       (SELECT text FROM dictionary WHERE dimension = 'node' AND id = from_node_id),
       (SELECT text FROM dictionary WHERE dimension = 'condition' AND id = condition_id),
       context,
       decided_us, NULL, NULL, NULL, result, source_id, source_line
FROM branch_decision
WHERE branch_id IN (
    SELECT branch_id FROM branch_decision WHERE call_id = :call_id
    UNION
    SELECT branch_id FROM branch_decision WHERE call_id IS NULL AND request = :request
    UNION
    SELECT branch_id FROM branch_decision WHERE call_id IS NULL AND trace = :trace)
ORDER BY branch_id;
