-- The identity keys of the stored calls from :first to :last.
SELECT call_id, identity_key FROM call WHERE call_id BETWEEN :first AND :last;
