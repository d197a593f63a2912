-- All findings with their calls' keys and places.
SELECT c.identity_key, c.source_id, c.source_line, k.text AS kind, x.side, x.n
FROM finding AS x
JOIN call AS c ON c.call_id = x.call_id
JOIN dictionary AS k ON k.dimension = 'finding' AND k.id = x.kind_id
ORDER BY x.call_id, x.kind_id, x.side;
