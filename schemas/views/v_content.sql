-- The texts of calls of which any is stored (ingest --store-content). NULL: none of that kind.
--   call_id      its row in v_calls
--   context, input, output   what was looked up or told by the application, what was asked, what came back;
--                several texts with an empty line between them
--   context_chars, input_chars, output_chars   of the whole texts, as logged
--   reasoning, reasoning_chars   what the model thought before it answered, where the log has it
--   cut          1: of some text only the beginning is stored
--   redactions   places in them that were made unreadable; NULL: nobody looked for any. By kind:
--                v_redactions
CREATE VIEW v_content AS
SELECT
    call_id,
    (SELECT text FROM call_text WHERE key = call_id * 4) AS context,
    (SELECT text FROM call_text WHERE key = call_id * 4 + 1) AS input,
    (SELECT text FROM call_text WHERE key = call_id * 4 + 2) AS output,
    (SELECT chars FROM call_text WHERE key = call_id * 4) AS context_chars,
    (SELECT chars FROM call_text WHERE key = call_id * 4 + 1) AS input_chars,
    (SELECT chars FROM call_text WHERE key = call_id * 4 + 2) AS output_chars,
    (SELECT max(cut) FROM call_text WHERE key BETWEEN call_id * 4 AND call_id * 4 + 3) AS cut,
    (SELECT sum(n) FROM redaction WHERE key BETWEEN call_id * 4 AND call_id * 4 + 3)
        AS redactions,
    (SELECT text FROM call_text WHERE key = call_id * 4 + 3) AS reasoning,
    (SELECT chars FROM call_text WHERE key = call_id * 4 + 3) AS reasoning_chars
FROM call
WHERE shadowed IS NULL
  AND EXISTS (SELECT 1 FROM call_text WHERE key BETWEEN call_id * 4 AND call_id * 4 + 3);
