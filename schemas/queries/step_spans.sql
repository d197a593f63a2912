-- Every span in the order it came, as struct step_brief has it.
SELECT span_row, call_id, NULL,
       (SELECT id FROM trace WHERE key = trace_key),
       NULL, name, NULL, NULL, attributes, kind, span, parent,
       CASE WHEN error_type IS NOT NULL THEN
            (SELECT id FROM dictionary WHERE dimension = 'error_kind' AND text = error_type)
       END,
       started_us, ended_us, NULL, status, NULL, NULL
FROM span
ORDER BY span_row;
