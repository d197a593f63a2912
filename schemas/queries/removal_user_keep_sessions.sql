-- Sessions that calls which stay are in, too, stay.
DELETE FROM temp.removed_session
WHERE key IN (SELECT session_key FROM call
              WHERE call_id NOT IN (SELECT call_id FROM temp.removed_call));
