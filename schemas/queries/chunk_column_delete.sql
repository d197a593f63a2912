-- The encoded column :key (chunk number * 64 + column) goes.
DELETE FROM chunk_column WHERE key = :key;
