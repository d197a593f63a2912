-- Places in stored texts that were made unreadable (ingest --redact, db redact), one row for each text and
-- kind. Texts in which there was nothing have no row here: v_content.redactions is 0 for them. What was in
-- the texts before is in v_findings.
--   call_id   its row in v_calls
--   side      context, input, output or reasoning
--   kind      email, card ...; NULL: by a program that did not note it
--   n         places in the whole text, also where only its beginning is stored
CREATE VIEW v_redactions AS
SELECT
    call_id,
    CASE key % 4 WHEN 0 THEN 'context' WHEN 1 THEN 'input' WHEN 2 THEN 'output' ELSE 'reasoning' END
        AS side,
    nullif(kind, '') AS kind,
    n
FROM redaction
JOIN call ON call_id = key / 4
WHERE n > 0 AND shadowed IS NULL;
