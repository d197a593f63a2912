-- Marks the calls whose user is :user_id, or was in a record that another one of the call outranked.
INSERT INTO temp.removed_call
SELECT call_id FROM call WHERE user_id = :user_id
UNION
SELECT call_id FROM call_version WHERE user_id = :user_id;
