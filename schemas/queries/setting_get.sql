-- The value of setting :name.
SELECT value FROM setting WHERE name = :name;
