-- The encoded column :key (chunk number * 64 + column).
INSERT INTO chunk_column (key, data) VALUES (:key, :data);
