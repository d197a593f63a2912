-- A mark at :at_us of :kind.
INSERT INTO annotation (at_us, kind, text) VALUES (:at_us, :kind, :text);
