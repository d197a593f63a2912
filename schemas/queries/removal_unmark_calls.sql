-- No calls are marked.
DELETE FROM temp.removed_call;
