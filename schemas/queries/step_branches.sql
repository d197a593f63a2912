-- Every branch decision in the order it came, as struct step_brief has it; its call's trace stands in
-- for ids that it does not name itself.
SELECT branch_id, call_id,
       CASE WHEN trace IS NULL AND request IS NULL THEN
            (SELECT session_key FROM call WHERE call.call_id = branch_decision.call_id)
       END,
       CASE WHEN trace IS NOT NULL OR request IS NOT NULL THEN trace
            ELSE (SELECT ids.trace FROM call_identity AS ids
                  WHERE ids.call_id = branch_decision.call_id)
       END,
       request,
       (SELECT text FROM dictionary WHERE dimension = 'node' AND id = to_node_id),
       (SELECT text FROM dictionary WHERE dimension = 'node' AND id = from_node_id),
       (SELECT text FROM dictionary WHERE dimension = 'condition' AND id = condition_id),
       context, NULL, NULL, NULL,
       NULL, decided_us, NULL, NULL, NULL, result, NULL
FROM branch_decision
ORDER BY branch_id;
