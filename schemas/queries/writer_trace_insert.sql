-- A new trace; id is packed.
INSERT INTO trace (key, id) VALUES (:key, :id);
