-- The last call; NULL: none.
SELECT max(call_id) FROM call_identity;
