-- The values of one embedding: float32, little-endian.
SELECT vector FROM embedding WHERE embedding_id = :id;
