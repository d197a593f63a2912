-- Chunk :number with its :rows, :min_started_us and :max_started_us (NULL: no row has a start), and
-- :untimed (0/1).
INSERT INTO chunk (number, rows, min_started_us, max_started_us, untimed)
VALUES (:number, :rows, :min_started_us, :max_started_us, :untimed);
