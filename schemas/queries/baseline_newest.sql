-- The newest baseline of a name.
SELECT baseline_id, name, blessed_us, commit_id, source, run, cases, calls, cost_nusd, cost_calls,
       tokens, token_calls, latency_p95_us
FROM baseline WHERE name = :name ORDER BY baseline_id DESC LIMIT 1;
