# Inputs that were sent again: the first of each is needed, the others a cache could have answered.
# row ID MINUTE MODEL FEATURE INPUT COST
row() {
    hash=$(printf %s "$5" | sha256sum | cut -c 1-16)
    echo '{"timestamp":"2026-03-05T10:'"$2"':00Z","request_id":"'"$1"'","user_id":"u","model":"'"$3"'","feature":"'"$4"'","tokens":{"input":10,"output":5},"cost_usd":'"$6"',"latency_ms":200,"input_hash":"'"$hash"'"}'
}
{
    row 1 00 m support 'where is my order' 0.02
    row 2 05 m support 'where is my order' 0.03
    row 3 09 m search 'where is my order' 0.01
    row 4 01 m2 search 'where is my order' 0.50
    row 5 02 m search 'opening hours' 0.001
    row 6 03 m search 'opening hours' 0.001
    row 7 04 m search 'only once' 0.9
    echo '{"timestamp":"2026-03-05T10:30:00Z","request_id":"8","model":"m","latency_ms":1,"cost_usd":0.1}'
} > log.jsonl
llmobs report duplicates log.jsonl
echo '--- the first in time is number 1, so 2 and 3 would have been saved: 0.03 + 0.01; the other model is another input'
llmobs report duplicates log.jsonl -f json | jq -c '.rows[] | [.input_hash, .model, .calls, .repeats, .duplicate_cost_usd, .duplicate_latency_us]'
printf %s 'where is my order' | sha256sum | cut -c 1-16
echo '--- by feature: only what was repeated within one'
llmobs report duplicates log.jsonl --by feature
llmobs report duplicates log.jsonl --by feature --sort repeats -f csv
echo '--- from the database, by any number of threads'
llmobs ingest -q log.jsonl
llmobs report duplicates --jobs 1 > one; llmobs report duplicates --jobs 4 > four; cmp one four
llmobs report duplicates --by hour --columns calls,repeats -f csv
echo '--- mistakes'
for bad in '--sort nonsense' '--vs 7d' '--chart' '--by nonsense'; do
    llmobs report duplicates $bad 2>&1 && echo 'no error'
done
llmobs report duplicates,cost 2>&1
true
