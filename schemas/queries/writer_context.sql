-- What the span under :trace_key and :span says of the calls below it: NULL where nothing. No row: there
-- is no such span.
SELECT span_row, feature_id, user_id, team_id, project_id, agent_id, tenant_id, session_key
FROM span LEFT JOIN span_context USING (span_row)
WHERE trace_key = :trace_key AND span = :span;
