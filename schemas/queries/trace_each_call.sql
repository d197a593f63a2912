-- The packed traces and requests of the calls :first to :last; NULL: it has none.
SELECT call_id, trace, request FROM call_identity
WHERE call_id BETWEEN :first AND :last
ORDER BY call_id;
