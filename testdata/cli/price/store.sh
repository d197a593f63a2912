# Prices that are added price the calls that had none, and change no other cost until recompute says so.
cat > log.jsonl <<'LOG'
{"id":"1","model":"our-llama","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-01T08:00:00Z"}
{"id":"2","model":"gpt-4o","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-01T09:00:00Z"}
{"id":"3","model":"gpt-4o","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-02T09:00:00Z","cost_usd":0.5}
{"id":"4","model":"gpt-4o","input_tokens":9,"timestamp":"2026-03-02T10:00:00Z","latency_ms":3}
LOG
llmobs ingest -q log.jsonl
llmobs price check
echo "exit $?"
# 1000 * 0.2 + 100 * 0.6 = 260 micro-dollars
llmobs price add our-llama --in 0.2 --out 0.6 --note 'what the rack costs'
llmobs report cost --by model -f csv --columns model,cost_usd,unpriced_calls
# A contract from the second of March on: 1000 * 2 + 100 * 8 = 2800 micro-dollars in place of 3500.
llmobs price add gpt-4o --in 2 --out 8 --valid-from 2026-03-02
llmobs report cost --by day --cost computed -f csv --columns day,cost_usd
llmobs price recompute --by day
llmobs price recompute --apply
llmobs price recompute --apply
llmobs report cost --by day --cost computed -f csv --columns day,cost_usd
llmobs price list our-llama -q
llmobs price list gpt-4o -f csv | grep -c user
# The same calls again for less: the row takes the other's place.
llmobs price add our-llama --in 0.1 --out 0.3 -q
llmobs price list our-llama -f csv | cut -d, -f2,5,7
llmobs price recompute --apply --since 2026-03-01 --until 2026-03-01
llmobs report cost --by model --cost computed -f csv --columns model,cost_usd
llmobs price remove our-llama
llmobs price remove our-llama
echo "exit $?"
llmobs price recompute --apply
llmobs report cost --by model --cost computed -f csv --columns model,cost_usd,unpriced_calls
sqlite3 llmobs.db "SELECT origin, active, model, input, output, note FROM price ORDER BY price_id"
