-- What scanning found in the texts of calls: call_id, kind, side (0 input, 1 output), n, by call.
SELECT x.call_id, k.text, x.side, x.n
FROM finding AS x
JOIN dictionary AS k ON k.dimension = 'finding' AND k.id = x.kind_id
ORDER BY x.call_id, x.kind_id, x.side;
