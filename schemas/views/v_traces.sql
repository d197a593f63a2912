-- Traces: key as in span.trace_key, id as logged.
CREATE VIEW v_traces AS
SELECT
    key,
    CASE substr(trace.id, 1, 1)
        WHEN x'00' THEN CAST(substr(trace.id, 2) AS TEXT)
        WHEN x'01' THEN lower(
            hex(substr(trace.id, 2, 4)) || '-' || hex(substr(trace.id, 6, 2)) || '-' ||
            hex(substr(trace.id, 8, 2)) || '-' || hex(substr(trace.id, 10, 2)) || '-' ||
            hex(substr(trace.id, 12)))
        WHEN x'02' THEN lower(hex(substr(trace.id, 2)))
    END AS id
FROM trace;
