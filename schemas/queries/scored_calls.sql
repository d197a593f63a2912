-- The calls that have a score, in order.
SELECT DISTINCT call_id FROM score WHERE call_id IS NOT NULL ORDER BY call_id;
