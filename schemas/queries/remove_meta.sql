-- Deletes the scalars that no call has any more.
DELETE FROM meta
WHERE meta_id NOT IN (SELECT meta_id FROM call WHERE meta_id IS NOT NULL
                      UNION SELECT meta_id FROM call_version WHERE meta_id IS NOT NULL);
