-- The spans of one trace with what makes its tree.
SELECT span_row, span, parent, call_id FROM span WHERE trace_key = :trace_key;
