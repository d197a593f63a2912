-- The run and the cluster of the score under an identity key.
INSERT OR REPLACE INTO score_case (score_id, run, cluster)
SELECT score_id, :run, :cluster FROM score WHERE identity_key = :identity_key;
