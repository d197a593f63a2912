-- All chunks in order: number, rows, first and last start (us UTC, NULL: none), some row has no start
-- (0/1).
SELECT number, rows, min_started_us, max_started_us, untimed FROM chunk ORDER BY number;
