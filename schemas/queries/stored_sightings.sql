-- What lineages met that others had brought in.
SELECT lineage, record_key FROM sighting ORDER BY lineage, record_key;
