-- A new :text of a :dimension under :id, the next one.
INSERT INTO dictionary (dimension, id, text) VALUES (:dimension, :id, :text);
