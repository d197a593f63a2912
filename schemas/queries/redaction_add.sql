-- Adds :n places of a kind that were made unreadable in the stored text :key.
INSERT INTO redaction (key, kind, n) VALUES (:key, :kind, :n)
ON CONFLICT (key, kind) DO UPDATE SET n = n + excluded.n;
