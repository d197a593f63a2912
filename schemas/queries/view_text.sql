-- The SQL that view :name was made with.
SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = :name;
