-- The row under an identity key: its identity, to verify it, and where it came from.
SELECT identity, source_id, source_line FROM embedding WHERE identity_key = :identity_key;
