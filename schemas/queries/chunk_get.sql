-- Chunk :number: rows, first and last start (us UTC, NULL: none), some row has no start (0/1).
SELECT rows, min_started_us, max_started_us, untimed FROM chunk WHERE number = :number;
