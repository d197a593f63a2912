-- The spans of one trace with what makes its tree, and with what those without usage say of the calls
-- below them.
SELECT span_row, span, parent, call_id,
       feature_id, user_id, team_id, project_id, agent_id, tenant_id, session_key
FROM span LEFT JOIN span_context USING (span_row)
WHERE trace_key = :trace_key;
