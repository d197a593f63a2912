-- The same of traces.
DELETE FROM temp.removed_trace
WHERE id IN (SELECT trace FROM call_identity
             WHERE trace IS NOT NULL
               AND call_id NOT IN (SELECT call_id FROM temp.removed_call));
