-- Whether a lineage has met a record that another one brought in.
SELECT 1 FROM sighting WHERE lineage = :lineage AND record_key = :record_key;
