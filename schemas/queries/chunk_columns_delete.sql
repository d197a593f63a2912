-- Forgets all columns of chunk :number.
DELETE FROM chunk_column WHERE key BETWEEN :number * 64 AND :number * 64 + 63;
