-- Requests to models, one row each. NULL: the log does not say. A column that a query leaves out
-- costs it nothing.
--   call_id         row number; another database may number the same calls otherwise
--   identity        what makes it the same call wherever it is logged: see v_call_ids
--   started         RFC 3339, UTC, microseconds; started_us: microseconds since 1970 UTC
--   model           request_model, or response_model where that is missing
--   request_model .. source   the dimensions, named as --by names them; source: the log's format
--   session, request_id, trace_id, span_id, parent_span_id   ids as logged
--   latency_us, time_to_first_token_us, time_per_output_token_us, queue_us   microseconds
--   *_tokens        input_tokens include cached ones, output_tokens include reasoning;
--                   total_tokens_given: only where the log gives nothing but a total
--   cost_usd        dollars as REAL, for people; cost_nusd: the same in whole nano-dollars: as
--                   given, else as computed from the price table, 0 when a cache answered
--   status          ok error cancelled unknown
--   streaming .. guardrail   0 or 1; zoneless: the time had no zone and was read as UTC; aggregate:
--                   stands for several calls; guardrail: one was triggered
--   refusal_logged, pii_logged   0 or 1: what the log itself says of its answer
--   pii_input .. bad_answer   0 or 1: what scanning found in the text; NULL: not scanned for; see
--                   v_findings
--   input_hash, output_hash, error_hash   16 hex digits: the first 64 bits of the text's SHA-256
--   input_chars, output_chars   characters of text
--   meta            leftover scalars as a JSON object
CREATE VIEW v_calls AS
SELECT
    call_id,
    (SELECT identity FROM v_call_ids AS ids WHERE ids.call_id = call.call_id) AS identity,
    strftime('%Y-%m-%dT%H:%M:%S', (started_us - 999999 * (started_us < 0)) / 1000000, 'unixepoch')
        || printf('.%06dZ', (started_us % 1000000 + 1000000) % 1000000) AS started,
    started_us,
    CASE
        WHEN request_model_id IS NULL
        THEN (SELECT text FROM dictionary
              WHERE dimension = 'response_model' AND id = response_model_id)
        ELSE (SELECT text FROM dictionary
              WHERE dimension = 'request_model' AND id = request_model_id)
    END AS model,
    (SELECT text FROM dictionary WHERE dimension = 'request_model' AND id = request_model_id)
        AS request_model,
    (SELECT text FROM dictionary WHERE dimension = 'response_model' AND id = response_model_id)
        AS response_model,
    (SELECT text FROM dictionary WHERE dimension = 'provider' AND id = provider_id)
        AS provider,
    (SELECT text FROM dictionary WHERE dimension = 'operation' AND id = operation_id)
        AS operation,
    (SELECT text FROM dictionary WHERE dimension = 'feature' AND id = feature_id) AS feature,
    (SELECT text FROM dictionary WHERE dimension = 'user' AND id = user_id) AS user,
    (SELECT text FROM dictionary WHERE dimension = 'environment' AND id = environment_id)
        AS environment,
    (SELECT text FROM dictionary WHERE dimension = 'service' AND id = service_id) AS service,
    (SELECT text FROM dictionary WHERE dimension = 'team' AND id = team_id) AS team,
    (SELECT text FROM dictionary WHERE dimension = 'project' AND id = project_id) AS project,
    (SELECT text FROM dictionary WHERE dimension = 'agent' AND id = agent_id) AS agent,
    (SELECT text FROM dictionary WHERE dimension = 'tenant' AND id = tenant_id) AS tenant,
    (SELECT text FROM dictionary WHERE dimension = 'prompt' AND id = prompt_id) AS prompt,
    (SELECT text FROM dictionary WHERE dimension = 'prompt_version' AND id = prompt_version_id)
        AS prompt_version,
    (SELECT text FROM dictionary WHERE dimension = 'template' AND id = template_id)
        AS template,
    (SELECT text FROM dictionary WHERE dimension = 'error_kind' AND id = error_kind_id)
        AS error_kind,
    (SELECT text FROM dictionary WHERE dimension = 'finish_reason' AND id = finish_reason_id)
        AS finish_reason,
    (SELECT text FROM dictionary
     WHERE dimension = 'finish_reason_raw' AND id = finish_reason_raw_id) AS finish_reason_raw,
    (SELECT text FROM dictionary WHERE dimension = 'tier' AND id = tier_id) AS tier,
    (SELECT text FROM dictionary WHERE dimension = 'source' AND id = source_format_id)
        AS source,
    (SELECT id FROM v_sessions WHERE key = session_key) AS session,
    (SELECT request_id FROM v_call_ids AS ids WHERE ids.call_id = call.call_id) AS request_id,
    (SELECT trace_id FROM v_call_ids AS ids WHERE ids.call_id = call.call_id) AS trace_id,
    (SELECT span_id FROM v_call_ids AS ids WHERE ids.call_id = call.call_id) AS span_id,
    (SELECT parent_span_id FROM v_call_ids AS ids WHERE ids.call_id = call.call_id)
        AS parent_span_id,
    latency_us,
    time_to_first_token_us,
    time_per_output_token_us,
    queue_us,
    input_tokens,
    output_tokens,
    cache_read_tokens,
    cache_write_tokens,
    cache_write_5m_tokens,
    cache_write_1h_tokens,
    reasoning_tokens,
    audio_input_tokens,
    audio_output_tokens,
    total_tokens_given,
    CASE WHEN flags & 4 THEN 0 ELSE coalesce(cost_given_nusd, cost_computed_nusd) END / 1e9
        AS cost_usd,
    CASE WHEN flags & 4 THEN 0 ELSE coalesce(cost_given_nusd, cost_computed_nusd) END AS cost_nusd,
    cost_given_nusd,
    cost_computed_nusd,
    CASE status
        WHEN 0 THEN 'ok' WHEN 1 THEN 'error' WHEN 2 THEN 'cancelled' WHEN 3 THEN 'unknown'
    END AS status,
    http_status,
    coalesce(flags, 0) % 2 AS streaming,
    coalesce(flags, 0) / 2 % 2 AS batch,
    coalesce(flags, 0) / 4 % 2 AS from_cache,
    coalesce(flags, 0) / 8 % 2 AS aggregate,
    coalesce(flags, 0) / 16 % 2 AS sidechain,
    coalesce(flags, 0) / 32 % 2 AS zoneless,
    coalesce(flags, 0) / 64 % 2 AS guardrail,
    CASE WHEN flags & 128 THEN flags / 256 % 2 END AS refusal_logged,
    CASE WHEN flags & 512 THEN flags / 1024 % 2 END AS pii_logged,
    CASE WHEN flags & 262144 THEN flags / 2048 % 2 END AS pii_input,
    CASE WHEN flags & 524288 THEN flags / 4096 % 2 END AS pii_output,
    CASE WHEN flags & 1048576 THEN flags / 8192 % 2 END AS secret_input,
    CASE WHEN flags & 2097152 THEN flags / 16384 % 2 END AS secret_output,
    CASE WHEN flags & 4194304 THEN flags / 32768 % 2 END AS injection,
    CASE WHEN flags & 8388608 THEN flags / 65536 % 2 END AS refusal,
    CASE WHEN flags & 16777216 THEN flags / 131072 % 2 END AS bad_answer,
    CASE WHEN input_hash IS NOT NULL THEN printf('%016x', input_hash) END AS input_hash,
    CASE WHEN output_hash IS NOT NULL THEN printf('%016x', output_hash) END AS output_hash,
    CASE WHEN error_hash IS NOT NULL THEN printf('%016x', error_hash) END AS error_hash,
    input_chars,
    output_chars,
    (SELECT scalars FROM meta WHERE meta.meta_id = call.meta_id) AS meta
FROM call
WHERE shadowed IS NULL;
