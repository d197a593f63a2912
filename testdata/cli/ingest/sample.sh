# A share of the calls is kept by the hash of the request id, and all that met a guardrail. Which ones
# is worked out with sha256sum: below 0.2 * 2^64 its digest begins with less than 3333333333333333.
exec 2>&1
for i in $(seq 200); do
    hit=$([ $((i % 25)) = 0 ] && echo true || echo false)
    echo "{\"request_id\":\"r$i\",\"model\":\"m\",\"input_tokens\":10,\"output_tokens\":1,\"guardrail_triggered\":$hit}"
done > log.jsonl
is_below() { expr "x$(printf "$1" | sha256sum | cut -c1-16)" \< "x$2" > is_below.txt; }
wanted() {
    for i in $(seq 200); do
        if [ $((i % 25)) = 0 ] || is_below "r$i" $1; then echo "r$i"; fi
    done | sort
}
ids() { sqlite3 $1 "SELECT request_id FROM v_calls" | sort; }
llmobs ingest log.jsonl --sample 20% --db a.db
wanted 3333333333333333 > want.txt
ids a.db | cmp - want.txt && wc -l < want.txt
echo "-- the verb takes the same ones out of everything"
llmobs ingest -q log.jsonl --db all.db
llmobs sample --db all.db -q --rate 0.2 --always guardrail_triggered -f csv --fields request_id | tail -n +2 | sort | cmp - want.txt && echo same
echo "-- again: nothing new; grown, with another rate"
llmobs ingest log.jsonl --sample 0.2 --db a.db
for i in $(seq 201 300); do echo "{\"request_id\":\"r$i\",\"model\":\"m\",\"input_tokens\":10}"; done >> log.jsonl
llmobs ingest log.jsonl --sample 0.5 --db a.db
sqlite3 a.db "SELECT * FROM source_sample"
for i in $(seq 201 300); do if is_below "r$i" 8; then echo; fi; done | wc -l
echo "-- who reads it is told"
llmobs report --db a.db --columns calls
llmobs report --db a.db -f json | jq .warnings
llmobs report --db all.db --columns calls
echo "-- rates and totals, too: 8 of 300 calls met a guardrail, 2.7 %; they are 8 of the 56 kept, 14.3 %"
llmobs ingest -q log.jsonl --sample 20% --db g.db
llmobs report safety --db g.db --columns calls,guardrail
llmobs report cost --db g.db --columns calls --no-cost
llmobs budget --db g.db --max 1000 --unit calls
echo "-- a score on a call that stands for others weighs as much as these; on one with a guardrail, 1"
cat > scores.jsonl <<'S'
{"request_id":"r25","score":0.0}
{"request_id":"SAMPLED","score":1.0}
{"request_id":"LATER","score":1.0,"weight":3}
S
first=$(grep -v '\(25\|50\|75\|00\)$' want.txt | head -n 1)
later=$(ids a.db | grep '^r2[0-9][0-9]$' | grep -v -e 200 | head -n 1)
sed -i "s/SAMPLED/$first/; s/LATER/$later/" scores.jsonl
llmobs ingest -q scores.jsonl --db a.db
# (1 * 0 + 5 * 1 + 3 * 2 * 1) / (1 + 5 + 6) = 11 / 12
llmobs report quality --db a.db -f json | jq -c '.rows[0] // .totals | {quality_mean, quality_n}'
echo "-- lines without an id: by their own hash"
for i in $(seq 100); do echo "{\"model\":\"m\",\"input_tokens\":$i}"; done | llmobs ingest - --sample 0.3 --db b.db
echo "-- dry run, and what is no share"
llmobs ingest log.jsonl --sample 0.2 --db c.db --dry-run
for rate in 0 1.5 many -0.1; do
    llmobs ingest log.jsonl --sample $rate --db d.db
    echo "exit $?"
done
llmobs ingest -q log.jsonl --sample 1 --db e.db; sqlite3 e.db "SELECT count(*) FROM v_calls; SELECT count(*) FROM source_sample"
echo "-- from the configuration"
echo '{"sample":"20%"}' > .llmobs.json
llmobs ingest log.jsonl --db f.db | tail -n 1
