-- A mark of another database, unless it is there.
INSERT INTO annotation (at_us, kind, text)
SELECT :at_us, :kind, :text
WHERE NOT EXISTS (SELECT 1 FROM annotation WHERE at_us = :at_us AND kind = :kind AND text = :text);
