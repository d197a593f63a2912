-- The baselines of :name, of all names where that is NULL; in order of name and age. Those of one
-- moment are of different databases, and their order is that of what they say.
SELECT baseline_id, name, blessed_us, commit_id, source, run, cases, calls, cost_nusd, cost_calls,
       tokens, token_calls, latency_p95_us
FROM baseline WHERE :name IS NULL OR name = :name
ORDER BY name, blessed_us, commit_id, source, run, cases, calls, cost_nusd, cost_calls, tokens,
         token_calls, latency_p95_us, baseline_id;
