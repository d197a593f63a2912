-- Packed ids of all sessions.
SELECT key, id FROM session;
