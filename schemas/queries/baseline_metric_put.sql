-- A metric of a new baseline.
INSERT INTO baseline_metric (baseline_id, metric, name, cases, mean)
VALUES (:baseline_id, :metric, :name, :cases, :mean);
