# What doctor says of a log in which much is wrong, to people and to machines; exit codes; cron.
exec 2>&1
call() { echo "{\"model\":\"m\",\"output_tokens\":10,\"input_tokens\":100,$1}"; }
{
    call '"request_id":"zero","timestamp":"2026-11-16T08:00:00Z","latency_ms":1000,"ttft_ms":0,"cost_usd":0.1'
    call '"request_id":"end","timestamp":"2026-11-16T08:00:00","latency_ms":1000,"ttft_ms":1000,"cost_usd":0.1'
    call '"request_id":"sound","timestamp":"2026-11-16T08:00:00Z","latency_ms":1000,"ttft_ms":200,"cost_usd":0.1'
    call '"request_id":"instant","timestamp":"2026-11-16T08:00:00Z","latency_ms":0,"model":"n"'
    call '"request_id":"never","latency_ms":1000'
    call '"request_id":"sound","timestamp":"2026-11-16T08:00:00Z","latency_ms":900'
} > log.jsonl
llmobs ingest -q log.jsonl
try() { llmobs "$@"; echo "exit $?: $*"; }
try doctor
try doctor --strict -q
try doctor --strict --exit-zero --cron -q
try doctor --strict --exit-code 7 --cron -f csv -o cron.csv
head -n 3 cron.csv
llmobs doctor -f json | jq -c '.coverage, (.rows[] | select(.check == "degenerate_ttft"))'
llmobs doctor --color always -q | grep -c "$(printf '\033')"
llmobs doctor -f md | grep -e check -e zoneless
try doctor --dups --cron
try doctor logs
try doctor --db none.db

# All is well: cron says nothing, whatever the format.
call '"request_id":"1","timestamp":"2026-11-16T08:00:00Z","latency_ms":1000,"cost_usd":0.1' > good.jsonl
llmobs ingest -q --db good.db good.jsonl
try doctor --db good.db --cron --strict
try doctor --db good.db --cron --strict -f json
try doctor --db good.db
# A line that cannot be read is enough.
echo nonsense >> good.jsonl
llmobs ingest -q --db good.db good.jsonl 2> /dev/null
try doctor --db good.db --cron --strict

# Tokens that no number holds any more: of one source, and of two with the same model.
echo '{"timestamp":1795258100,"request_id":"a","model":"m","latency_ms":5,"input_tokens":9223372036854775807}
{"timestamp":1795258100,"request_id":"b","provider":"x","model":"m","latency_ms":5,"input_tokens":11,"stream":true}
{"timestamp":1795258100,"request_id":"c","model":"n","latency_ms":5,"input_tokens":11}' > many.jsonl
echo '{"timestamp":1795258100,"request_id":"d","model":"n","latency_ms":5,"input_tokens":9223372036854775795}' > more.jsonl
llmobs ingest -q --db many.db many.jsonl more.jsonl
llmobs doctor --db many.db -f json | jq -c '.rows[] | select(.check == "unpriced_model") | [.value, .n, .of, .hint]'
