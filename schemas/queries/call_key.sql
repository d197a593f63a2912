-- The identity key of a call.
SELECT identity_key FROM call WHERE call_id = :call_id;
