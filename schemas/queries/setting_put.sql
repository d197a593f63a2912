-- Sets :name to :value.
INSERT OR REPLACE INTO setting (name, value) VALUES (:name, :value);
