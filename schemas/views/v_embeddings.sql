-- Embeddings of calls. NULL: the log does not say.
--   embedding_id, call_id   row numbers; call_id: the call in v_calls, NULL while it waits for it
--   identity, call_identity   the same as text that every database agrees on
--   role            output input: what of the call the vector was made of
--   model           that made it
--   dim             numbers in it
--   vector          32-bit floats, least significant byte first
CREATE VIEW v_embeddings AS
SELECT
    embedding_id,
    call_id,
    identity,
    (SELECT ids.identity FROM v_call_ids AS ids WHERE ids.call_id = embedding.call_id)
        AS call_identity,
    CASE role WHEN 0 THEN 'output' WHEN 1 THEN 'input' END AS role,
    (SELECT text FROM dictionary WHERE dimension = 'embedding_model' AND id = model_id) AS model,
    dim,
    vector
FROM embedding;
