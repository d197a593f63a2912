-- An embedding, new or again: the one with the larger dimension holds, then the larger bytes, then
-- the larger model, so that the order does not matter.
INSERT INTO embedding (identity_key, identity, call_key, call_id, role, model_id, dim, vector,
                       source_id, source_line)
VALUES (:identity_key, :identity, :call_key, :call_id, :role, :model_id, :dim, :vector,
        :source_id, :source_line)
ON CONFLICT (identity_key) DO UPDATE SET
    call_key = excluded.call_key, call_id = excluded.call_id, role = excluded.role,
    model_id = excluded.model_id, dim = excluded.dim, vector = excluded.vector
WHERE (excluded.dim, excluded.vector,
       coalesce((SELECT text FROM dictionary
                 WHERE dimension = 'embedding_model' AND id = excluded.model_id), ''))
      > (dim, vector,
         coalesce((SELECT text FROM dictionary
                   WHERE dimension = 'embedding_model' AND id = model_id), ''));
