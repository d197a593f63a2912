-- All embeddings with what their numbers stand for.
SELECT x.identity_key, x.identity, x.source_id, x.source_line, x.call_key, x.role, m.text AS model,
       x.dim, x.vector
FROM embedding AS x
LEFT JOIN dictionary AS m ON m.dimension = 'embedding_model' AND m.id = x.model_id
ORDER BY x.embedding_id;
