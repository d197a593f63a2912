-- The values of the dimensions that spans hold for the calls below them: feature, user, team, project,
-- agent, tenant.
SELECT feature_id, user_id, team_id, project_id, agent_id, tenant_id FROM span_context;
