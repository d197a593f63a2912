-- One stored call with all its columns.
SELECT * FROM call WHERE call_id = :call_id;
