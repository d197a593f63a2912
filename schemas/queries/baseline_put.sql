-- A new baseline.
INSERT INTO baseline (name, blessed_us, commit_id, source, run, cases, calls, cost_nusd,
                      cost_calls, tokens, token_calls, latency_p95_us)
VALUES (:name, :blessed_us, :commit_id, :source, :run, :cases, :calls, :cost_nusd, :cost_calls,
        :tokens, :token_calls, :latency_p95_us);
