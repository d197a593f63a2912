-- What is stored of :side (0 context, 1 input, 2 output, 3 reasoning) of call :call_id: whether that is only
-- a part, cut or with places made unreadable, and the text.
SELECT cut OR EXISTS (SELECT 1 FROM redaction AS r WHERE r.key = t.key AND r.n > 0), text
FROM call_text AS t WHERE key = :call_id * 4 + :side;
