-- All decisions with what their numbers stand for.
SELECT x.identity_key, x.identity, x.source_id, x.source_line, x.request, x.trace, f.text AS from_node,
       t.text AS to_node, c.text AS condition, x.result, x.decided_us, x.context
FROM branch_decision AS x
LEFT JOIN dictionary AS f ON f.dimension = 'node' AND f.id = x.from_node_id
LEFT JOIN dictionary AS t ON t.dimension = 'node' AND t.id = x.to_node_id
LEFT JOIN dictionary AS c ON c.dimension = 'condition' AND c.id = x.condition_id
ORDER BY x.branch_id;
