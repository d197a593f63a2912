-- In which tables a text or an id still mentions the word :word, and in how many rows. mentions() is of
-- lib/store/residue.c. Every column that can hold a text of a log is asked; the others hold numbers.
SELECT 'dictionary' AS name, count(*) AS n FROM dictionary WHERE mentions(:word, text)
UNION ALL SELECT 'session', count(*) FROM session WHERE mentions(:word, id)
UNION ALL SELECT 'trace', count(*) FROM trace WHERE mentions(:word, id)
UNION ALL SELECT 'meta', count(*) FROM meta WHERE mentions(:word, scalars)
UNION ALL SELECT 'call_identity', count(*) FROM call_identity
WHERE mentions(:word, own) OR mentions(:word, request) OR mentions(:word, trace)
   OR mentions(:word, span) OR mentions(:word, parent)
UNION ALL SELECT 'span', count(*) FROM span
WHERE mentions(:word, span) OR mentions(:word, parent) OR mentions(:word, name)
   OR mentions(:word, kind) OR mentions(:word, service) OR mentions(:word, scope)
   OR mentions(:word, error_type) OR mentions(:word, attributes)
UNION ALL SELECT 'tool_call', count(*) FROM tool_call
WHERE mentions(:word, identity) OR mentions(:word, request) OR mentions(:word, trace)
UNION ALL SELECT 'branch_decision', count(*) FROM branch_decision
WHERE mentions(:word, identity) OR mentions(:word, request) OR mentions(:word, trace)
   OR mentions(:word, context)
UNION ALL SELECT 'embedding', count(*) FROM embedding WHERE mentions(:word, identity)
UNION ALL SELECT 'score', count(*) FROM score
WHERE mentions(:word, identity) OR mentions(:word, target_id) OR mentions(:word, label)
UNION ALL SELECT 'score_case', count(*) FROM score_case
WHERE mentions(:word, run) OR mentions(:word, cluster)
UNION ALL SELECT 'baseline', count(*) FROM baseline
WHERE mentions(:word, name) OR mentions(:word, commit_id) OR mentions(:word, source)
   OR mentions(:word, run)
UNION ALL SELECT 'baseline_metric', count(*) FROM baseline_metric WHERE mentions(:word, name)
UNION ALL SELECT 'baseline_result', count(*) FROM baseline_result WHERE mentions(:word, case_id)
UNION ALL SELECT 'call_text', count(*) FROM call_text WHERE mentions(:word, text)
UNION ALL SELECT 'source', count(*) FROM source WHERE mentions(:word, path)
UNION ALL SELECT 'annotation', count(*) FROM annotation WHERE mentions(:word, text)
UNION ALL SELECT 'quarantine', count(*) FROM quarantine WHERE mentions(:word, field);
