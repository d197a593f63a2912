-- The next text behind :key, with its key.
SELECT key, text FROM call_text WHERE key > :key ORDER BY key LIMIT 1;
