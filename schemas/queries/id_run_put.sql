-- Writes one block of a run.
INSERT OR REPLACE INTO id_run (key, data) VALUES (:key, :data);
