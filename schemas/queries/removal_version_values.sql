-- The values of the dimensions that merged records have, in the order of enum call_field.
SELECT request_model_id, response_model_id, provider_id, operation_id, feature_id, user_id,
       environment_id, service_id, team_id, project_id, agent_id, tenant_id, prompt_id,
       prompt_version_id, template_id, error_kind_id, finish_reason_id, finish_reason_raw_id,
       tier_id, source_format_id
FROM call_version;
