-- The call that row :id waited for.
UPDATE tool_call SET call_id = :call_id WHERE tool_call_id = :id;
