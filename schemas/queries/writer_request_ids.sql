-- Packed request ids that are not the identities of their calls, from call :call_id on. :family is that of
-- identities that are request ids.
SELECT call_id, request FROM call_identity
WHERE call_id >= :call_id AND request IS NOT NULL
    AND NOT (kind = 1 AND family_id = :family AND own IS NULL);
