# Prices, aliases and discounts of the configuration are those that calls are priced by. By hand, for
# 1,000,000 tokens in and 100,000 out: own-model 0.30 + 0.1 * 1.2 = 0.42 dollars, the deployment the
# same; claude-opus-5 costs 5 + 0.1 * 25 = 7.5, less 20 % are 6; the unknown model has no price.
exec 2>&1
for model in own-model prod-chat claude-opus-5 nobody-knows; do
    echo "{\"model\":\"$model\",\"input_tokens\":1000000,\"output_tokens\":100000,\"timestamp\":\"2026-11-20T08:00:00Z\"}"
done > log.jsonl
cat > .llmobs.json <<'JSON'
{"prices": [{"model": "own-model", "input_per_mtok": 0.30, "output_per_mtok": "1.2"},
            {"match": "claude-.*", "discount": 0.2}],
 "aliases": {"prod-chat": "own-model"}}
JSON
llmobs report cost --by model log.jsonl -f csv --columns cost_usd
llmobs ingest -q log.jsonl
llmobs report cost --by model -f csv --columns cost_usd
echo "--- without it"
llmobs report cost --by model log.jsonl -f csv --columns cost_usd --no-config
echo "--- a pattern that is none"
echo '{"prices": [{"model": "m", "match": "(", "input_per_mtok": 1}]}' > .llmobs.json
llmobs report cost log.jsonl; echo "exit $?"
