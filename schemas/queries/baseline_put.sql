-- A new baseline, which is the newest of its name whatever the clock says.
INSERT INTO baseline (name, blessed_us, commit_id, source, run, cases, calls, cost_nusd,
                      cost_calls, tokens, token_calls, latency_p95_us)
VALUES (:name,
        max(:blessed_us, coalesce((SELECT max(blessed_us) + 1 FROM baseline WHERE name = :name),
                                  :blessed_us)),
        :commit_id, :source, :run, :cases, :calls, :cost_nusd, :cost_calls, :tokens, :token_calls,
        :latency_p95_us);
