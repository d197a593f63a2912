-- Deletes the texts of marked calls.
DELETE FROM call_text WHERE key / 4 IN (SELECT call_id FROM temp.removed_call);
