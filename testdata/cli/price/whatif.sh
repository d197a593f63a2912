# The same calls on another model, or with other numbers of tokens. Wanted sums by hand: 3000 input and
# 300 output tokens are 3000 * 0.15 + 300 * 0.6 = 630 micro-dollars on gpt-4o-mini.
cat > log.jsonl <<'LOG'
{"model":"gpt-4o","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-01T08:00:00Z","feature":"a"}
{"model":"gpt-4o","input_tokens":2000,"output_tokens":200,"timestamp":"2026-03-01T09:00:00Z","feature":"b"}
{"model":"who-knows","input_tokens":100,"output_tokens":10,"timestamp":"2026-03-01T09:30:00Z","feature":"b"}
LOG
llmobs price whatif --to gpt-4o-mini log.jsonl
llmobs price whatif --to gpt-4o-mini --where model=gpt-4o log.jsonl -f json | jq -c '.totals, .coverage'
# 1500 * 2.5 + 300 * 10 = 6750 micro-dollars
llmobs price whatif --input-tokens -50% --by feature log.jsonl -f csv --where model=gpt-4o
llmobs price whatif --output-tokens +10% log.jsonl -f csv | cut -d, -f1,2,6
llmobs price whatif log.jsonl
echo "exit $?"
llmobs price whatif --to no-such-model log.jsonl
echo "exit $?"
llmobs price whatif --input-tokens much log.jsonl
echo "exit $?"
