-- The score under an identity key came in again, from :source_id.
INSERT OR IGNORE INTO score_again (source_id, score_id)
SELECT :source_id, score_id FROM score
WHERE identity_key = :identity_key AND source_id <> :source_id;
