-- Calls of tools. NULL: the log does not say.
--   tool_call_id, call_id   row numbers; call_id: the call in v_calls that asked for it
--   identity, call_identity   the same as text that every database agrees on
--   request_id, trace_id   as logged
--   tool, tool_version, error_kind   text
--   status          ok error cancelled unknown
--   started         RFC 3339, UTC, microseconds; *_us: microseconds since 1970 UTC
--   latency_us      microseconds: as logged, else ended_us - started_us
--   input_chars, output_chars   characters of arguments and result
CREATE VIEW v_tool_calls AS
SELECT
    tool_call_id,
    call_id,
    identity,
    (SELECT ids.identity FROM v_call_ids AS ids WHERE ids.call_id = tool_call.call_id)
        AS call_identity,
    CASE substr(request, 1, 1)
        WHEN x'00' THEN CAST(substr(request, 2) AS TEXT)
        WHEN x'01' THEN lower(
            hex(substr(request, 2, 4)) || '-' || hex(substr(request, 6, 2)) || '-' ||
            hex(substr(request, 8, 2)) || '-' || hex(substr(request, 10, 2)) || '-' ||
            hex(substr(request, 12)))
        WHEN x'02' THEN lower(hex(substr(request, 2)))
    END AS request_id,
    CASE substr(trace, 1, 1)
        WHEN x'00' THEN CAST(substr(trace, 2) AS TEXT)
        WHEN x'01' THEN lower(
            hex(substr(trace, 2, 4)) || '-' || hex(substr(trace, 6, 2)) || '-' ||
            hex(substr(trace, 8, 2)) || '-' || hex(substr(trace, 10, 2)) || '-' ||
            hex(substr(trace, 12)))
        WHEN x'02' THEN lower(hex(substr(trace, 2)))
    END AS trace_id,
    (SELECT text FROM dictionary WHERE dimension = 'tool' AND id = tool_id) AS tool,
    (SELECT text FROM dictionary WHERE dimension = 'error_kind' AND id = error_kind_id)
        AS error_kind,
    (SELECT text FROM dictionary WHERE dimension = 'tool_version' AND id = version_id)
        AS tool_version,
    CASE status
        WHEN 0 THEN 'ok' WHEN 1 THEN 'error' WHEN 2 THEN 'cancelled' WHEN 3 THEN 'unknown'
    END AS status,
    strftime('%Y-%m-%dT%H:%M:%S', (started_us - 999999 * (started_us < 0)) / 1000000, 'unixepoch')
        || printf('.%06dZ', (started_us % 1000000 + 1000000) % 1000000) AS started,
    started_us,
    ended_us,
    coalesce(latency_us, ended_us - started_us) AS latency_us,
    input_chars,
    output_chars
FROM tool_call;
