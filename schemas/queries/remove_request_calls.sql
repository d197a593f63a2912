-- Deletes the requests that were found to be marked calls.
DELETE FROM request_call WHERE call_id IN (SELECT call_id FROM temp.removed_call);
