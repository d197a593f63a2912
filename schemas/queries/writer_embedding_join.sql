-- The call that row :id waited for.
UPDATE embedding SET call_id = :call_id WHERE embedding_id = :id;
