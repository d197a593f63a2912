-- What table chunk would say of the calls :first to :last: rows, first and last start (us UTC, NULL
-- when none has one), and whether some call has no start (0/1).
SELECT count(*), min(started_us), max(started_us), count(*) > count(started_us)
FROM call
WHERE call_id BETWEEN :first AND :last;
