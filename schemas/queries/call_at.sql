-- The call that :place others stand before, from :first on.
SELECT call_id FROM call WHERE call_id >= :first ORDER BY call_id LIMIT 1 OFFSET :place;
