-- Marks the traces of marked calls.
INSERT OR IGNORE INTO temp.removed_trace
SELECT trace FROM call_identity
WHERE call_id IN (SELECT call_id FROM temp.removed_call) AND trace IS NOT NULL;
