-- Deletes the marked spans.
DELETE FROM span WHERE span_row IN (SELECT span_row FROM temp.removed_span);
