-- The results of a case of a new baseline under one metric.
INSERT INTO baseline_result (baseline_id, row, metric, case_id, cluster, sum, n, lost, passed,
                             verdicts)
VALUES (:baseline_id, :row, :metric, :case_id, :cluster, :sum, :n, :lost, :passed, :verdicts);
