-- The last span; NULL: none.
SELECT max(span_row) FROM span;
