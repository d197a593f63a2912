-- The spans of the trace under :trace_key, as struct span_row has them.
SELECT span_row, span, parent, name, kind, service, scope, error_type, attributes, status,
       started_us, ended_us, call_id, source_id, source_line
FROM span
WHERE trace_key = :trace_key
ORDER BY span;
