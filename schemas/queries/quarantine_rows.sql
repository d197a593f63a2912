-- Lines in quarantine from id :from on: id, path, reason, field (NULL: none), line number, offset
-- and length in bytes of the decompressed stream, SHA-256 in hex, id of the source.
SELECT quarantine_id, coalesce(path, ''), reason, field, source_line, quarantine.offset, length,
       lower(hex(sha256)), source_id
FROM quarantine LEFT JOIN source USING (source_id)
WHERE quarantine_id >= :from
ORDER BY quarantine_id;
