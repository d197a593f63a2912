-- Drops :version_id, which adds nothing to its call.
DELETE FROM call_version WHERE version_id = :version_id;
