-- Lines that could not be read; not one byte of them is kept.
--   quarantine_id   what llmobs quarantine calls it
--   path, line      the source and the line's number in it
--   offset, length  bytes in the decompressed stream
--   reason, field   why, and which field could not be read (NULL: the whole line)
--   sha256          of the line, 64 hex digits
CREATE VIEW v_quarantine AS
SELECT
    quarantine_id,
    (SELECT path FROM source WHERE source.source_id = quarantine.source_id) AS path,
    source_line AS line,
    "offset",
    length,
    reason,
    field,
    lower(hex(sha256)) AS sha256
FROM quarantine;
