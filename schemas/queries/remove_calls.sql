-- Deletes the marked calls.
DELETE FROM call WHERE call_id IN (SELECT call_id FROM temp.removed_call);
