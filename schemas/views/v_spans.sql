-- Spans of traces, calls among them. NULL: the log does not say.
--   span_row        row number; call_id: its row in v_calls when it is (or stands above) a call
--   trace_id, span_id, parent_span_id   as logged; no parent: a root
--   name, kind, service, scope, error_type   text; kind: llm agent tool chain retriever embedding
--                   reranker guardrail evaluator other
--   status          ok error cancelled unknown
--   started, ended  RFC 3339, UTC, microseconds; *_us: microseconds since 1970 UTC
--   duration_us     ended_us - started_us
--   attributes      scalars that no field of its call holds, as a JSON object
CREATE VIEW v_spans AS
SELECT
    span_row,
    call_id,
    (SELECT id FROM v_traces WHERE key = trace_key) AS trace_id,
    CASE substr(span, 1, 1)
        WHEN x'00' THEN CAST(substr(span, 2) AS TEXT)
        WHEN x'01' THEN lower(
            hex(substr(span, 2, 4)) || '-' || hex(substr(span, 6, 2)) || '-' ||
            hex(substr(span, 8, 2)) || '-' || hex(substr(span, 10, 2)) || '-' ||
            hex(substr(span, 12)))
        WHEN x'02' THEN lower(hex(substr(span, 2)))
    END AS span_id,
    CASE substr(parent, 1, 1)
        WHEN x'00' THEN CAST(substr(parent, 2) AS TEXT)
        WHEN x'01' THEN lower(
            hex(substr(parent, 2, 4)) || '-' || hex(substr(parent, 6, 2)) || '-' ||
            hex(substr(parent, 8, 2)) || '-' || hex(substr(parent, 10, 2)) || '-' ||
            hex(substr(parent, 12)))
        WHEN x'02' THEN lower(hex(substr(parent, 2)))
    END AS parent_span_id,
    name,
    kind,
    service,
    scope,
    error_type,
    CASE status
        WHEN 0 THEN 'ok' WHEN 1 THEN 'error' WHEN 2 THEN 'cancelled' WHEN 3 THEN 'unknown'
    END AS status,
    strftime('%Y-%m-%dT%H:%M:%S', (started_us - 999999 * (started_us < 0)) / 1000000, 'unixepoch')
        || printf('.%06dZ', (started_us % 1000000 + 1000000) % 1000000) AS started,
    strftime('%Y-%m-%dT%H:%M:%S', (ended_us - 999999 * (ended_us < 0)) / 1000000, 'unixepoch')
        || printf('.%06dZ', (ended_us % 1000000 + 1000000) % 1000000) AS ended,
    started_us,
    ended_us,
    ended_us - started_us AS duration_us,
    attributes
FROM span;
