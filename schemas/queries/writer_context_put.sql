-- What a span says of the calls below it; replaces what it said before.
INSERT OR REPLACE INTO span_context (span_row, feature_id, user_id, team_id, project_id, agent_id,
                                     tenant_id, session_key)
VALUES (:span_row, :feature_id, :user_id, :team_id, :project_id, :agent_id, :tenant_id,
        :session_key);
