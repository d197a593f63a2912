-- Forgets the columns of every chunk.
DELETE FROM chunk_column;
