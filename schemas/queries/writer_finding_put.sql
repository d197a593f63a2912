-- What was found in one side of a call. A call that is told of several times, or in several parts, has
-- the largest count of each kind, so that the order does not matter and reading again changes nothing.
INSERT INTO finding (call_id, kind_id, side, n) VALUES (:call_id, :kind_id, :side, :n)
ON CONFLICT (call_id, kind_id, side) DO UPDATE SET n = excluded.n WHERE excluded.n > n;
