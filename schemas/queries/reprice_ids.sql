-- Ids of the calls from :first to :last, ascending.
SELECT call_id FROM call WHERE call_id BETWEEN :first AND :last ORDER BY call_id;
