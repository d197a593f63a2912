-- A new trace, unless its key is taken; id is packed.
INSERT OR IGNORE INTO trace (key, id) VALUES (:key, :id);
