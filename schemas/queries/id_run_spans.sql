-- Packed ids of the spans :first to :last.
SELECT span_row, (SELECT id FROM trace WHERE key = trace_key), span
FROM span
WHERE span_row BETWEEN :first AND :last;
