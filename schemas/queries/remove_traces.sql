-- Deletes the ids of traces that no span is in any more.
DELETE FROM trace WHERE key NOT IN (SELECT trace_key FROM span);
