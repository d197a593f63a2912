-- The weight of the score under an identity key.
INSERT INTO score_weight (score_id, weight)
SELECT score_id, :weight FROM score WHERE identity_key = :identity_key
ON CONFLICT (score_id) DO UPDATE SET weight = excluded.weight;
