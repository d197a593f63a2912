-- The ids of calls, unpacked to text; NULL where the log has none. One row for each call, shadowed
-- ones included.
--   call_id         its row in call; another database may number the same calls otherwise
--   identity        what makes it the same call wherever it is logged: span:<trace>:<span>,
--                   <family>:<own id>, or line:<32 hex digits>:<ordinal> for a line without any id
--   request_id, trace_id, span_id, parent_span_id   as logged
CREATE VIEW v_call_ids AS
SELECT
    call_id,
    CASE kind
        WHEN 2 THEN 'span:' || trace_id || ':' || span_id
        WHEN 1 THEN
            (SELECT text FROM dictionary WHERE dimension = 'identity_family' AND id = family_id)
            || ':' || coalesce(own_id, request_id)
        ELSE 'line:' || lower(hex(substr(own, 1, 16))) || ':' ||
            (  (instr('123456789ABCDEF', substr(hex(own), 33, 1)) << 4)
             + (instr('123456789ABCDEF', substr(hex(own), 34, 1)))
             + (instr('123456789ABCDEF', substr(hex(own), 35, 1)) << 12)
             + (instr('123456789ABCDEF', substr(hex(own), 36, 1)) << 8)
             + (instr('123456789ABCDEF', substr(hex(own), 37, 1)) << 20)
             + (instr('123456789ABCDEF', substr(hex(own), 38, 1)) << 16)
             + (instr('123456789ABCDEF', substr(hex(own), 39, 1)) << 28)
             + (instr('123456789ABCDEF', substr(hex(own), 40, 1)) << 24))
    END AS identity,
    request_id,
    trace_id,
    span_id,
    parent_span_id
FROM (
    SELECT
        call_id, kind, family_id, own,
        CASE substr(own, 1, 1)
            WHEN x'00' THEN CAST(substr(own, 2) AS TEXT)
            WHEN x'01' THEN lower(
                hex(substr(own, 2, 4)) || '-' || hex(substr(own, 6, 2)) || '-' ||
                hex(substr(own, 8, 2)) || '-' || hex(substr(own, 10, 2)) || '-' ||
                hex(substr(own, 12)))
            WHEN x'02' THEN lower(hex(substr(own, 2)))
        END AS own_id,
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
        END AS parent_span_id
    FROM call_identity
);
