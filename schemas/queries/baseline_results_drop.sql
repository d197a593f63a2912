-- Takes away the results of the baselines of a name but the one :baseline_id.
DELETE FROM baseline_result
WHERE baseline_id IN (SELECT baseline_id FROM baseline
                      WHERE name = :name AND baseline_id <> :baseline_id);
