-- Deletes the vectors of texts of marked calls. They say no time of their own.
DELETE FROM embedding WHERE call_id IN (SELECT call_id FROM temp.removed_call);
