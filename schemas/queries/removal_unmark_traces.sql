-- No traces are marked.
DELETE FROM temp.removed_trace;
