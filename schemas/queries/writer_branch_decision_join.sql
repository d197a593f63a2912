-- The call that row :id waited for.
UPDATE branch_decision SET call_id = :call_id WHERE branch_id = :id;
