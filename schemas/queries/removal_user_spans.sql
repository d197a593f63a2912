-- Marks the spans of marked calls and traces, and those that name user :user_id themselves.
INSERT INTO temp.removed_span
SELECT span_row FROM span
WHERE call_id IN (SELECT call_id FROM temp.removed_call)
   OR trace_key IN (SELECT key FROM trace WHERE id IN (SELECT id FROM temp.removed_trace))
   OR span_row IN (SELECT span_row FROM span_context WHERE user_id = :user_id);
