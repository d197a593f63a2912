-- The largest row ids in use; NULL: none.
SELECT (SELECT max(call_id) FROM call), (SELECT max(meta_id) FROM meta);
