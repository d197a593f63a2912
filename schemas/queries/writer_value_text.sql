-- The text of the value :id of :dimension.
SELECT text FROM dictionary WHERE dimension = :dimension AND id = :id;
