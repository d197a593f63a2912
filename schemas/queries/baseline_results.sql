-- The results of a baseline in the order of its run.
SELECT metric, case_id, cluster, sum, n, lost, passed, verdicts FROM baseline_result
WHERE baseline_id = :baseline_id ORDER BY row;
