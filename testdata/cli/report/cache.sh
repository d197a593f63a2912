# Caches by prompt: calls answered or helped by one, the share of tokens read from it, what that saved.
cat > log.jsonl <<'END'
{"timestamp":"2026-03-05T10:00:00Z","request_id":"1","model":"claude-sonnet-4-5","prompt_name":"faq","input_tokens":1000,"output_tokens":10,"cache_read_tokens":900}
{"timestamp":"2026-03-05T10:00:01Z","request_id":"2","model":"claude-sonnet-4-5","prompt_name":"faq","input_tokens":1000,"output_tokens":10,"cache_read_tokens":0}
{"timestamp":"2026-03-05T10:00:02Z","request_id":"3","model":"claude-sonnet-4-5","prompt_name":"faq","input_tokens":2000,"output_tokens":10,"cache_read_tokens":600}
{"timestamp":"2026-03-05T10:00:03Z","request_id":"4","model":"claude-sonnet-4-5","prompt_name":"mail","input_tokens":500,"output_tokens":10,"cache_read_tokens":0}
{"timestamp":"2026-03-05T10:00:04Z","request_id":"5","model":"claude-sonnet-4-5","prompt_name":"mail","input_tokens":500,"output_tokens":10}
END
llmobs report cache log.jsonl --by prompt
echo '--- by hand: 2 of 3 calls hit, 1,500 of 4,000 tokens; saved 1,500 tokens x (3 - 0.30) dollars a million'
llmobs report cache log.jsonl --by prompt -f json | jq -c '.rows[] | [.prompt, .cache_hits, .cache_hit_calls_n, .cache_hit_rate, .cache_savings_usd]'
