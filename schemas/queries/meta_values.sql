-- Rows of meta that hold a scalar under :key: meta_id and its text. Numbers keep the spelling of
-- the log (json_each alone would round those beyond 64 bits), unless a path cannot spell the key
-- because of a quote or a backslash in it. null counts as missing.
SELECT meta_id,
       CASE
           WHEN scalar.type IN ('true', 'false') THEN scalar.type
           WHEN scalar.type = 'text' OR instr(:key, '"') OR instr(:key, '\') THEN scalar.atom
           ELSE meta.scalars -> scalar.fullkey
       END
FROM meta, json_each(meta.scalars) AS scalar
WHERE scalar.key = :key AND scalar.type IN ('true', 'false', 'text', 'integer', 'real')
ORDER BY meta_id;
