-- A line that could not be read: its place and hash, none of its bytes.
INSERT INTO quarantine (identity_key, source_id, source_line, offset, length, sha256, reason, field)
VALUES (:identity_key, :source_id, :source_line, :offset, :length, :sha256, :reason, :field);
