-- No spans are marked.
DELETE FROM temp.removed_span;
