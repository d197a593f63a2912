-- Marks the sessions and, in removal_user_traces.sql, the traces of marked calls.
INSERT OR IGNORE INTO temp.removed_session
SELECT session_key FROM call
WHERE call_id IN (SELECT call_id FROM temp.removed_call) AND session_key IS NOT NULL;
