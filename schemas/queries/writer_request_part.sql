-- Scores of requests that are no longer one call's wait again.
UPDATE score SET call_id = NULL
WHERE call_id IS NOT NULL
    AND call_key IN (SELECT call_key FROM request_call WHERE call_id IS NULL);
