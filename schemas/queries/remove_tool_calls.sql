-- Deletes the tool calls of marked calls, those without a call that began in [:from_us, :until_us),
-- and those without a call of marked traces and of the requests of marked calls.
DELETE FROM tool_call
WHERE call_id IN (SELECT call_id FROM temp.removed_call)
   OR (call_id IS NULL
       AND ((coalesce(started_us, ended_us, :untimed_us) >= :from_us
             AND coalesce(started_us, ended_us, :untimed_us) < :until_us)
            OR trace IN (SELECT id FROM temp.removed_trace)
            OR request IN (SELECT request FROM call_identity
                           WHERE call_id IN (SELECT call_id FROM temp.removed_call))));
