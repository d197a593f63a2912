-- The guardrails that spans tell of by name, span by span.
SELECT g.span_row, r.text AS rule, a.text AS action
FROM span_guardrail AS g
LEFT JOIN dictionary AS r ON r.dimension = 'rule' AND r.id = g.rule_id
LEFT JOIN dictionary AS a ON a.dimension = 'action' AND a.id = g.action_id
ORDER BY g.span_row, g.rule_id, g.action_id;
