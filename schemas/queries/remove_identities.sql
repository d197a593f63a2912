-- Deletes the ids of marked calls.
DELETE FROM call_identity WHERE call_id IN (SELECT call_id FROM temp.removed_call);
