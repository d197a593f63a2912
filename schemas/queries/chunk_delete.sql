-- Forgets chunk :number; its columns go with chunk_columns_delete.sql.
DELETE FROM chunk WHERE number = :number;
