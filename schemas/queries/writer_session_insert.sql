-- A new session; id is packed.
INSERT INTO session (key, id) VALUES (:key, :id);
