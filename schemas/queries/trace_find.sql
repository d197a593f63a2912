-- The packed id of the trace under :key.
SELECT id FROM trace WHERE key = :key;
