-- Notes of all stored texts without a note that they were looked through and nothing was there.
INSERT INTO redaction (key, kind, n)
SELECT key, '', 0 FROM call_text WHERE key NOT IN (SELECT key FROM redaction);
