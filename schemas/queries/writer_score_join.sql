-- The call that row :id waited for.
UPDATE score SET call_id = :call_id WHERE score_id = :id;
