-- Ids above :after of a :dimension with their texts, in order.
SELECT id, text FROM dictionary WHERE dimension = :dimension AND id > :after ORDER BY id;
