-- What was made unreadable in stored texts, text by text: key (call_id * 4 + side), kind, n; kind '' and
-- n 0 for a text in which there was nothing.
SELECT key, kind, n FROM redaction ORDER BY key, kind;
