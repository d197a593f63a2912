-- Packed ids of the calls :first to :last.
SELECT call_id, request, trace, span, CASE kind WHEN 1 THEN own END
FROM call_identity
WHERE call_id BETWEEN :first AND :last;
