-- A text of a call (:key: call_id * 4 + side). Of several records of the call the one of the highest rank
-- gives each side, whatever the order they come in.
INSERT INTO call_text (key, text, chars, cut, rank)
VALUES (:key, :text, :chars, :cut, :rank)
ON CONFLICT (key) DO UPDATE
SET text = excluded.text, chars = excluded.chars, cut = excluded.cut, rank = excluded.rank
WHERE excluded.rank > rank;
