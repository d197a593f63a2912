-- All texts with their calls' keys and places.
SELECT c.identity_key, c.source_id, c.source_line, x.key, x.text, x.chars, x.cut, x.rank
FROM call_text AS x
JOIN call AS c ON c.call_id = x.key / 4
ORDER BY x.key;
