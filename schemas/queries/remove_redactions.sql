-- Deletes what was noted of the texts of marked calls.
DELETE FROM redaction WHERE key / 4 IN (SELECT call_id FROM temp.removed_call);
