-- The records that calls were merged from, call by call: the columns of table call_version, then packed
-- session id, scalars.
SELECT v.*, s.id, m.scalars
FROM call_version AS v
LEFT JOIN session AS s ON s.key = v.session_key
LEFT JOIN meta AS m ON m.meta_id = v.meta_id
ORDER BY v.call_id, v.version_id;
