-- Deletes what was found in the texts of marked calls.
DELETE FROM finding WHERE call_id IN (SELECT call_id FROM temp.removed_call);
