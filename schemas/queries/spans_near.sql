-- The spans with a name among rows :first to :last, as struct near_span has them.
SELECT name, started_us, ended_us, attributes FROM span
WHERE span_row BETWEEN :first AND :last AND name IS NOT NULL;
