# Other formats, the order and number of rows, no money, and files without a database.
exec 2>&1
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do
    echo "{\"timestamp\":\"2026-11-20T01:00:00Z\",\"request_id\":\"$i\",\"user_id\":\"u|$i\",\"feature\":\"f$((i % 2))\",\"model\":\"m\",\"input_tokens\":$((100 * i)),\"output_tokens\":0,\"cost_usd\":$i.5}"
done > log.jsonl
llmobs budget --max 10 --by user log.jsonl
ls
llmobs ingest -q log.jsonl
llmobs budget --max 21 --by user --all -q | tail -n 3
llmobs budget --max 10 --by user --limit 2 -f md
llmobs budget --max 10 --by user --limit 2 --sort group --asc -q
llmobs budget --max 20 --by user --limit 3 --sort used --no-cost
llmobs budget --max 20 --by user --limit 1 --no-cost -f json | jq -c '.rows[]'
llmobs budget --max 20 --by user --limit 1 -o out.csv
cat out.csv
llmobs budget --max 400 --warn-at 0 -f jsonl
llmobs budget --max 1 --by team --db log.db log.jsonl
llmobs budget --max 1 --by team --where user=nobody log.jsonl
llmobs budget --max 1 --where user=nobody log.jsonl
