-- What points to rows of other tables, and how many point to none: name, rows looked at, bad ones. Of a
-- dictionary whose numbers have gaps the rest cannot be found.
SELECT 'ids of calls', (SELECT count(*) FROM call),
       (SELECT count(*) FROM call WHERE call_id NOT IN (SELECT call_id FROM call_identity))
       + (SELECT count(*) FROM call_identity WHERE call_id NOT IN (SELECT call_id FROM call))
UNION ALL
SELECT 'merged records', (SELECT count(*) FROM call_version),
       (SELECT count(*) FROM call_version WHERE call_id NOT IN (SELECT call_id FROM call))
UNION ALL
SELECT 'sessions', (SELECT count(*) FROM session),
       (SELECT count(*) FROM call
        WHERE session_key IS NOT NULL AND session_key NOT IN (SELECT key FROM session))
UNION ALL
SELECT 'scalars', (SELECT count(*) FROM meta),
       (SELECT count(*) FROM call
        WHERE meta_id IS NOT NULL AND meta_id NOT IN (SELECT meta_id FROM meta))
UNION ALL
SELECT 'prices', (SELECT count(*) FROM price),
       (SELECT count(*) FROM call
        WHERE price_id IS NOT NULL AND price_id NOT IN (SELECT price_id FROM price))
UNION ALL
SELECT 'sources', (SELECT count(*) FROM source),
       (SELECT count(*) FROM call WHERE source_id NOT IN (SELECT source_id FROM source))
UNION ALL
SELECT 'spans', (SELECT count(*) FROM span),
       (SELECT count(*) FROM span
        WHERE trace_key NOT IN (SELECT key FROM trace)
           OR (call_id IS NOT NULL AND call_id NOT IN (SELECT call_id FROM call)))
UNION ALL
SELECT 'tool calls', (SELECT count(*) FROM tool_call),
       (SELECT count(*) FROM tool_call
        WHERE call_id IS NOT NULL AND call_id NOT IN (SELECT call_id FROM call))
UNION ALL
SELECT 'branch decisions', (SELECT count(*) FROM branch_decision),
       (SELECT count(*) FROM branch_decision
        WHERE call_id IS NOT NULL AND call_id NOT IN (SELECT call_id FROM call))
UNION ALL
SELECT 'scores', (SELECT count(*) FROM score),
       (SELECT count(*) FROM score
        WHERE call_id IS NOT NULL AND call_id NOT IN (SELECT call_id FROM call))
UNION ALL
SELECT 'texts', (SELECT count(*) FROM call_text),
       (SELECT count(*) FROM call_text WHERE key / 4 NOT IN (SELECT call_id FROM call))
UNION ALL
SELECT 'redactions', (SELECT count(*) FROM redaction),
       (SELECT count(*) FROM redaction WHERE key NOT IN (SELECT key FROM call_text))
UNION ALL
SELECT 'dictionaries', (SELECT count(*) FROM dictionary),
       (SELECT count(*)
        FROM (SELECT dimension FROM dictionary GROUP BY dimension
              HAVING min(id) <> 1 OR max(id) <> count(*)));
