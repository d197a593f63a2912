-- A baseline of another database, unless one that says the same is there.
INSERT INTO baseline (name, blessed_us, commit_id, source, run, cases, calls, cost_nusd,
                      cost_calls, tokens, token_calls, latency_p95_us)
SELECT :name, :blessed_us, :commit_id, :source, :run, :cases, :calls, :cost_nusd, :cost_calls,
       :tokens, :token_calls, :latency_p95_us
WHERE NOT EXISTS (
    SELECT 1 FROM baseline
    WHERE name = :name AND blessed_us = :blessed_us AND commit_id IS :commit_id
      AND source = :source AND run IS :run AND cases = :cases AND calls = :calls
      AND cost_nusd = :cost_nusd AND cost_calls = :cost_calls AND tokens = :tokens
      AND token_calls = :token_calls AND latency_p95_us IS :latency_p95_us);
