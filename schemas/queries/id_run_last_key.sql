-- The last call that may have an identity key; NULL: none.
SELECT max(call_id) FROM call;
