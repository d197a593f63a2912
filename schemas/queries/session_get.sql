-- The packed id of the session under :key.
SELECT id FROM session WHERE key = :key;
