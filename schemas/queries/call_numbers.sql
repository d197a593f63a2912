-- The calls :first to :last, in order.
SELECT call_id FROM call WHERE call_id BETWEEN :first AND :last ORDER BY call_id;
