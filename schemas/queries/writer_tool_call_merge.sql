-- A stored tool call's other half, or it again. What one lacks the other gives; where both speak, the
-- earlier start, the later end, the graver status, the larger number or text holds, so that the
-- order does not matter.
INSERT INTO tool_call (identity_key, identity, call_key, call_id, request, trace, tool_id,
                       error_kind_id, started_us, ended_us, latency_us, status, input_chars,
                       output_chars, source_id, source_line, version_id)
VALUES (:identity_key, :identity, :call_key, :call_id, :request, :trace, :tool_id,
        :error_kind_id, :started_us, :ended_us, :latency_us, :status, :input_chars,
        :output_chars, :source_id, :source_line, :version_id)
ON CONFLICT (identity_key) DO UPDATE SET
    call_id = CASE WHEN excluded.call_key IS NULL OR call_key < excluded.call_key THEN call_id
                   WHEN call_key = excluded.call_key THEN coalesce(call_id, excluded.call_id)
                   ELSE excluded.call_id END,
    call_key = min(coalesce(call_key, excluded.call_key), coalesce(excluded.call_key, call_key)),
    request = max(coalesce(request, excluded.request), coalesce(excluded.request, request)),
    trace = max(coalesce(trace, excluded.trace), coalesce(excluded.trace, trace)),
    tool_id = CASE WHEN tool_id IS NULL THEN excluded.tool_id
                   WHEN excluded.tool_id IS NULL OR excluded.tool_id = tool_id THEN tool_id
                   ELSE (SELECT id FROM dictionary
                         WHERE dimension = 'tool' AND id IN (tool_id, excluded.tool_id)
                         ORDER BY text DESC LIMIT 1) END,
    error_kind_id = CASE WHEN error_kind_id IS NULL THEN excluded.error_kind_id
                         WHEN excluded.error_kind_id IS NULL
                              OR excluded.error_kind_id = error_kind_id THEN error_kind_id
                         ELSE (SELECT id FROM dictionary
                               WHERE dimension = 'error_kind'
                                     AND id IN (error_kind_id, excluded.error_kind_id)
                               ORDER BY text DESC LIMIT 1) END,
    version_id = CASE WHEN version_id IS NULL THEN excluded.version_id
                      WHEN excluded.version_id IS NULL
                           OR excluded.version_id = version_id THEN version_id
                      ELSE (SELECT id FROM dictionary
                            WHERE dimension = 'tool_version'
                                  AND id IN (version_id, excluded.version_id)
                            ORDER BY text DESC LIMIT 1) END,
    started_us = min(coalesce(started_us, excluded.started_us),
                     coalesce(excluded.started_us, started_us)),
    ended_us = max(coalesce(ended_us, excluded.ended_us), coalesce(excluded.ended_us, ended_us)),
    latency_us = max(coalesce(latency_us, excluded.latency_us),
                     coalesce(excluded.latency_us, latency_us)),
    status = CASE WHEN status IS NULL OR status = 3 THEN coalesce(excluded.status, status)
                  WHEN excluded.status IS NULL OR excluded.status = 3 THEN status
                  ELSE max(status, excluded.status) END,
    input_chars = max(coalesce(input_chars, excluded.input_chars),
                      coalesce(excluded.input_chars, input_chars)),
    output_chars = max(coalesce(output_chars, excluded.output_chars),
                       coalesce(excluded.output_chars, output_chars));
