-- A lineage meets a record that another one brought in.
INSERT INTO sighting (lineage, record_key) VALUES (:lineage, :record_key);
