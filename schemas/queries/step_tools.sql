-- Every tool call in the order it came, as struct step_brief has it; its call's trace and session
-- stand in for ids that it does not name itself.
SELECT tool_call_id, call_id,
       CASE WHEN trace IS NULL AND request IS NULL THEN
            (SELECT session_key FROM call WHERE call.call_id = tool_call.call_id)
       END,
       CASE WHEN trace IS NOT NULL OR request IS NOT NULL THEN trace
            ELSE (SELECT ids.trace FROM call_identity AS ids
                  WHERE ids.call_id = tool_call.call_id)
       END,
       request,
       (SELECT text FROM dictionary WHERE dimension = 'tool' AND id = tool_id),
       NULL, NULL, NULL, NULL, NULL, NULL,
       error_kind_id, started_us, ended_us, latency_us, status, NULL,
       (SELECT text FROM dictionary WHERE dimension = 'tool_version' AND id = version_id)
FROM tool_call
ORDER BY tool_call_id;
