-- The packed traces of the calls :first to :last; NULL: it has none.
SELECT call_id, trace FROM call_identity WHERE call_id BETWEEN :first AND :last ORDER BY call_id;
