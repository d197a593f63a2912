-- Marks the calls without a user in marked sessions and traces: whose else should they be.
INSERT OR IGNORE INTO temp.removed_call
SELECT call_id FROM call
WHERE user_id IS NULL
  AND (session_key IN (SELECT key FROM temp.removed_session)
       OR call_id IN (SELECT call_id FROM call_identity
                      WHERE trace IN (SELECT id FROM temp.removed_trace)));
