-- The guardrails of calls by name, call by call.
SELECT g.call_id, r.text AS rule, a.text AS action
FROM guardrail AS g
LEFT JOIN dictionary AS r ON r.dimension = 'rule' AND r.id = g.rule_id
LEFT JOIN dictionary AS a ON a.dimension = 'action' AND a.id = g.action_id
ORDER BY g.call_id, g.rule_id, g.action_id;
