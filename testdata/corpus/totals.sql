-- Totals of a database as one JSON object with the keys of the corpus' EXPECTED.json files: a sum
-- is null when no call gives the value. Reads the views only, as a user would.
SELECT json_object(
    'calls', count(*),
    'errors', count(*) FILTER (WHERE status = 'error'),
    'input_tokens', sum(input_tokens),
    'output_tokens', sum(output_tokens),
    'total_tokens', sum(total_tokens_given),
    'cache_read', sum(cache_read_tokens),
    'cache_write', sum(cache_write_tokens),
    'cache_write_5m', coalesce(sum(cache_write_5m_tokens), 0),
    'cache_write_1h', coalesce(sum(cache_write_1h_tokens), 0),
    'reasoning', sum(reasoning_tokens),
    'cost_nusd', sum(cost_given_nusd),
    'first_us', min(started_us),
    'last_us', max(started_us),
    'sidechain_calls', count(*) FILTER (WHERE sidechain),
    'tool_calls', (SELECT count(*) FROM v_tool_calls),
    'spans', (SELECT count(*) FROM v_spans),
    'span_first_us', (SELECT min(started_us) FROM v_spans),
    'span_last_us', (SELECT max(ended_us) FROM v_spans),
    'scores', (SELECT count(*) FROM v_scores WHERE value IS NOT NULL),
    'score_sum', (SELECT printf('%.2f', sum(value)) FROM v_scores),
    'guardrail_failed', (SELECT count(*) FROM v_scores WHERE name = 'guardrail' AND passed = 0),
    'correct', (SELECT count(*) FROM v_scores WHERE name = 'correct' AND passed = 1),
    'passed', (SELECT count(*) FROM v_scores WHERE passed = 1),
    'branch_decisions', (SELECT count(*) FROM v_branch_decisions),
    'true', (SELECT count(*) FROM v_branch_decisions WHERE result = 1),
    'tool_errors', (SELECT count(*) FROM v_tool_calls WHERE status = 'error'),
    'latency_us', json_object('n', count(latency_us), 'sum', sum(latency_us),
                              'min', min(latency_us), 'max', max(latency_us)),
    'ttft_us', json_object('n', count(time_to_first_token_us), 'sum', sum(time_to_first_token_us)),
    'event_first_us', min(started_us + latency_us),
    'event_last_us', max(started_us + latency_us),
    'models', (SELECT json_group_object(m, n) FROM
        (SELECT coalesce(response_model, request_model) AS m, count(*) AS n FROM v_calls
         WHERE m IS NOT NULL GROUP BY 1)),
    'finish_reasons', (SELECT json_group_object(f, n) FROM
        (SELECT finish_reason_raw AS f, count(*) AS n FROM v_calls
         WHERE f IS NOT NULL GROUP BY 1)),
    'by_prompt_version', (SELECT json_group_object(v, n) FROM
        (SELECT prompt_version AS v, count(*) AS n FROM v_calls WHERE v IS NOT NULL GROUP BY 1)))
FROM v_calls;
