-- All texts with their calls' keys and places.
SELECT c.identity_key, c.source_id, c.source_line, x.key % 4 AS side, x.text, x.chars, x.cut,
       x.redactions, x.rank
FROM content AS x
JOIN call AS c ON c.call_id = x.key / 4
ORDER BY x.key;
