-- Deletes what says that a marked call was seen in other files, too.
DELETE FROM sighting
WHERE record_key IN (SELECT identity_key FROM call
                     WHERE call_id IN (SELECT call_id FROM temp.removed_call));
