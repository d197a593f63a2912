-- One block of a run.
SELECT data FROM id_run WHERE key = :key;
