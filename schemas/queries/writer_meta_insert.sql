-- A new set of leftover scalars.
INSERT INTO meta (meta_id, scalars) VALUES (:meta_id, :scalars);
