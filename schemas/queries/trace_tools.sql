-- Tool calls that belong to call :call_id, and those without a call that name :request or :trace
-- (packed; NULL: none), as struct step_row has them.
SELECT tool_call_id, call_id, identity,
       (SELECT text FROM dictionary WHERE dimension = 'tool' AND id = tool_id),
       (SELECT text FROM dictionary WHERE dimension = 'error_kind' AND id = error_kind_id),
       NULL, NULL, NULL,
       started_us, ended_us, latency_us, status, NULL, source_id, source_line
FROM tool_call
WHERE tool_call_id IN (
    SELECT tool_call_id FROM tool_call WHERE call_id = :call_id
    UNION
    SELECT tool_call_id FROM tool_call WHERE call_id IS NULL AND request = :request
    UNION
    SELECT tool_call_id FROM tool_call WHERE call_id IS NULL AND trace = :trace)
ORDER BY tool_call_id;
