-- The last of the calls :first to :last; NULL: there is none.
SELECT max(call_id) FROM call WHERE call_id BETWEEN :first AND :last;
