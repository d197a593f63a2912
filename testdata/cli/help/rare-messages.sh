# Messages that nobody meets by everyday mistakes, each with what leads to it.
exec 2>&1
say() { "$@"; echo "exit $?"; }
say llmobs ingest
say llmobs report covfefe-nonsense
say llmobs price zzzzzz
say llmobs quarantine zzzzzz
echo '{"timestamp":1795258200,"request_id":"a","model":"m","latency_ms":1,"input_tokens":1}' > log.jsonl
llmobs ingest -q log.jsonl
say llmobs report -o llmobs.db
sqlite3 llmobs.db "SELECT count(*) FROM v_calls"
echo '{"item_id":"q1","passed":true}' > cases.jsonl
set --; i=0; while [ $i -lt 65 ]; do set -- "$@" --metric "m$i"; i=$((i + 1)); done
say llmobs gate --baseline cases.jsonl --candidate cases.jsonl "$@"
say llmobs gate --baseline llmobs.db --candidate cases.jsonl
say llmobs gate --candidate cases.jsonl --bless main --commit "$(printf '%0300d' 0)"
awk 'BEGIN { printf "{\"record\":\"call\",\"fields\":{\"request_id\":\"/id\"},\"meta\":{"
    for (i = 0; i < 65; i++) printf "%s\"k%d\":\"/k%d\"", i ? "," : "", i, i; print "}}" }' > map.json
say llmobs ingest log.jsonl --map map.json --db other.db
awk 'BEGIN { for (i = 0; i < 10001; i++) printf "{\"timestamp\":%d,\"request_id\":\"r%d\",\"model\":\"m\",\"user_id\":\"u%d\",\"latency_ms\":1}\n", 1795258200 - 200000 + i * 10, i, i }' > users.jsonl
say llmobs drift users.jsonl --by user --baseline 2026-11-19..2026-11-19 --current 2026-11-20..2026-11-20
for n in 1 2; do echo '{"timestamp":1795258200,"request_id":"p'$n'","model":"m","latency_ms":1,"prompt_template_hash":"abc'$n'"}'; done > prompts.jsonl
say llmobs prompts abc prompts.jsonl
echo '{"from_node":"a","to_node":"b","condition":"c","condition_result":true,"timestamp":1795258200}' > steps.jsonl
set --; for i in 1 2 3 4 5 6 7 8 9; do set -- "$@" --where "context.k$i>0"; done
say llmobs report branches steps.jsonl "$@"
