-- The differing records of one stored call.
SELECT * FROM call_version WHERE call_id = :call_id ORDER BY version_id;
