-- All spans with packed ids, in order; behind them what they say of the calls below them.
SELECT t.id, s.span, s.parent, s.name, s.kind, s.service, s.scope, s.error_type, s.status, s.started_us,
       s.ended_us, s.attributes, s.call_id IS NOT NULL AS has_usage, s.source_id, s.source_line,
       c.feature_id, c.user_id, c.team_id, c.project_id, c.agent_id, c.tenant_id, e.id AS session,
       s.span_row
FROM span AS s
JOIN trace AS t ON t.key = s.trace_key
LEFT JOIN span_context AS c ON c.span_row = s.span_row
LEFT JOIN session AS e ON e.key = c.session_key
ORDER BY s.span_row;
