-- What the tables take with their indexes: name, rows, bytes, by name. A row of a table with rowids is a
-- cell of a leaf; in the others every page but those for overflow holds rows.
SELECT t.tbl_name,
       sum(CASE
               WHEN d.name = t.tbl_name AND (d.pagetype = 'leaf' OR (l.wr AND d.pagetype = 'internal'))
               THEN d.ncell
           END),
       sum(d.pgsize)
FROM dbstat AS d
JOIN (SELECT name, tbl_name FROM sqlite_schema
      UNION ALL SELECT 'sqlite_schema', 'sqlite_schema') AS t ON t.name = d.name
LEFT JOIN pragma_table_list AS l ON l.schema = 'main' AND l.name = t.tbl_name
GROUP BY t.tbl_name
ORDER BY t.tbl_name;
