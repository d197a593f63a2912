-- Every value of every dictionary.
SELECT dimension, id, text FROM dictionary ORDER BY dimension, id;
