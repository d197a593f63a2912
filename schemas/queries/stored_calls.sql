-- All calls with what their numbers stand for, in order: call_id, the columns of table call as enum
-- call_field and enum call_column number them, then kind, family and packed ids of their identity,
-- packed session id, scalars.
SELECT
    call_id,
    request_model_id, response_model_id, provider_id, operation_id, feature_id, user_id,
    environment_id, service_id, team_id, project_id, agent_id, tenant_id, prompt_id,
    prompt_version_id, template_id, error_kind_id, finish_reason_id, finish_reason_raw_id, tier_id,
    source_format_id,
    started_us, latency_us, time_to_first_token_us, time_per_output_token_us, queue_us,
    input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_5m_tokens,
    cache_write_1h_tokens, reasoning_tokens, audio_input_tokens, audio_output_tokens,
    total_tokens_given, cost_given_nusd, status, http_status, flags, input_hash, output_hash,
    error_hash, input_chars, output_chars,
    session_key, c.meta_id, cost_computed_nusd, price_id, shadowed, identity_key, source_id,
    source_line, inherited,
    i.kind, f.text, i.own, i.request, i.trace, i.span, i.parent, s.id, m.scalars
FROM call AS c
JOIN call_identity AS i USING (call_id)
LEFT JOIN dictionary AS f ON f.dimension = 'identity_family' AND f.id = i.family_id
LEFT JOIN session AS s ON s.key = c.session_key
LEFT JOIN meta AS m ON m.meta_id = c.meta_id
ORDER BY c.call_id;
