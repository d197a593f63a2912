-- Of another program's database: the names of its tables that are no views and no virtual tables, which
-- have no page of their own.
SELECT name
FROM sqlite_schema
WHERE type = 'table' AND rootpage > 0
ORDER BY name;
