-- Deletes the merged records of marked calls.
DELETE FROM call_version WHERE call_id IN (SELECT call_id FROM temp.removed_call);
