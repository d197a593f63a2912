-- Notes what was made unreadable in the text of a record, where that text is the one that is stored: it may
-- have lost to another one, and the stored one may have been changed since. Reading a text again changes
-- nothing, and it does not matter which of two records with the same text comes first.
INSERT INTO redaction (key, kind, n)
SELECT :key, :kind, :n
WHERE EXISTS (SELECT 1 FROM call_text WHERE key = :key AND rank = :rank AND text = :text)
ON CONFLICT (key, kind) DO UPDATE SET n = max(n, excluded.n);
