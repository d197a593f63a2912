-- Which calls have a stored text of :side (0 context, 1 input, 2 output, 3 reasoning).
SELECT key / 4 FROM call_text WHERE key % 4 = :side ORDER BY key;
