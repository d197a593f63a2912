-- Whose call which embedding of :role is, and what made it.
SELECT embedding_id, call_id, dim,
       (SELECT text FROM dictionary WHERE dimension = 'embedding_model' AND id = model_id)
FROM embedding WHERE role = :role AND call_id IS NOT NULL;
