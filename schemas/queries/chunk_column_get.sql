-- The encoded column :key (chunk number * 64 + column); no row: no value in it is known.
SELECT data FROM chunk_column WHERE key = :key;
