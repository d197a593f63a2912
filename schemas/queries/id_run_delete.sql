-- Deletes the blocks :first to :last.
DELETE FROM id_run WHERE key BETWEEN :first AND :last;
