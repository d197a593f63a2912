-- The row under an identity key: its line's hash, to verify it, and where it came from.
SELECT sha256, source_id, source_line FROM quarantine WHERE identity_key = :identity_key;
