-- A new session, unless its key is taken; id is packed.
INSERT OR IGNORE INTO session (key, id) VALUES (:key, :id);
