-- The keys (chunk number * 64 + column) of the columns of chunk :number that are stored.
SELECT key FROM chunk_column WHERE key BETWEEN :number * 64 AND :number * 64 + 63;
