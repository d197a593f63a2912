-- Deletes the ids of sessions that no call is in any more.
DELETE FROM session
WHERE key NOT IN (SELECT session_key FROM call WHERE session_key IS NOT NULL
                  UNION SELECT session_key FROM call_version WHERE session_key IS NOT NULL
                  UNION SELECT session_key FROM span_context WHERE session_key IS NOT NULL);
