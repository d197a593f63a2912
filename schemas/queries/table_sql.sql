-- The definition of a table.
SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = :table;
