-- All lines that could not be read.
SELECT identity_key, source_id, source_line, offset, length, sha256, reason, field
FROM quarantine
ORDER BY quarantine_id;
