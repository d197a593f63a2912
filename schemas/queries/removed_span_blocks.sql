-- The same of spans.
SELECT DISTINCT (span_row - 1) / :rows FROM temp.removed_span ORDER BY 1;
