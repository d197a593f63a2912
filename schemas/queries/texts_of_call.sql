-- The texts that are stored of call :call_id: side (0 context, 1 input, 2 output, 3 reasoning), text, chars,
-- cut.
SELECT key % 4, text, chars, cut FROM call_text
WHERE key BETWEEN :call_id * 4 AND :call_id * 4 + 3
ORDER BY key;
