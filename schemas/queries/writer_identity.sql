-- The ids of one stored call, packed.
SELECT kind, family_id, own, request, trace, span, parent FROM call_identity
WHERE call_id = :call_id;
