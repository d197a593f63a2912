-- All tool calls with what their numbers stand for.
SELECT x.identity_key, x.identity, x.source_id, x.source_line, x.call_key, x.request, x.trace,
       t.text AS tool, v.text AS version, e.text AS error_kind, x.started_us, x.ended_us, x.latency_us,
       x.status, x.input_chars, x.output_chars
FROM tool_call AS x
LEFT JOIN dictionary AS t ON t.dimension = 'tool' AND t.id = x.tool_id
LEFT JOIN dictionary AS v ON v.dimension = 'tool_version' AND v.id = x.version_id
LEFT JOIN dictionary AS e ON e.dimension = 'error_kind' AND e.id = x.error_kind_id
ORDER BY x.tool_call_id;
