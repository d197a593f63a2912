-- The row under an identity key: its identity, to verify it, where it came from, and what it says.
SELECT identity, source_id, source_line, value, passed, label
FROM score WHERE identity_key = :identity_key;
