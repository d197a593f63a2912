-- The metrics of a baseline.
SELECT metric, name, cases, mean FROM baseline_metric
WHERE baseline_id = :baseline_id ORDER BY metric;
