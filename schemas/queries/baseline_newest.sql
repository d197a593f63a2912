-- The newest baseline of a name: the last one of baselines.sql.
SELECT baseline_id, name, blessed_us, commit_id, source, run, cases, calls, cost_nusd, cost_calls,
       tokens, token_calls, latency_p95_us
FROM baseline WHERE name = :name
ORDER BY blessed_us DESC, commit_id DESC, source DESC, run DESC, cases DESC, calls DESC,
         cost_nusd DESC, cost_calls DESC, tokens DESC, token_calls DESC, latency_p95_us DESC,
         baseline_id DESC
LIMIT 1;
