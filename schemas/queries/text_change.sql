-- Puts another text in the place of one.
UPDATE call_text SET text = :text WHERE key = :key;
