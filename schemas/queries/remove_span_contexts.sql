-- Deletes what marked spans say of the calls below them.
DELETE FROM span_context WHERE span_row IN (SELECT span_row FROM temp.removed_span);
