-- What was noted of a text that another one took the place of.
DELETE FROM redaction WHERE key = :key;
