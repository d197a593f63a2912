-- Scores that wait under a key have found their call.
UPDATE score SET call_id = :call_id WHERE call_key = :call_key AND call_id IS NULL;
