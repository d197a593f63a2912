-- Decisions of workflows at a branch. NULL: the log does not say.
--   branch_id, call_id   row numbers; call_id: the call in v_calls it was made on
--   identity, call_identity   the same as text that every database agrees on
--   request_id, trace_id   as logged
--   from_node, to_node, condition   text
--   result          0 or 1: what the condition gave
--   decided         RFC 3339, UTC, microseconds; decided_us: microseconds since 1970 UTC
--   context         its numbers and booleans as a JSON object
CREATE VIEW v_branch_decisions AS
SELECT
    branch_id,
    call_id,
    identity,
    (SELECT ids.identity FROM v_call_ids AS ids WHERE ids.call_id = branch_decision.call_id)
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
    (SELECT text FROM dictionary WHERE dimension = 'node' AND id = from_node_id) AS from_node,
    (SELECT text FROM dictionary WHERE dimension = 'node' AND id = to_node_id) AS to_node,
    (SELECT text FROM dictionary WHERE dimension = 'condition' AND id = condition_id) AS condition,
    result,
    strftime('%Y-%m-%dT%H:%M:%S', (decided_us - 999999 * (decided_us < 0)) / 1000000, 'unixepoch')
        || printf('.%06dZ', (decided_us % 1000000 + 1000000) % 1000000) AS decided,
    decided_us,
    context
FROM branch_decision;
