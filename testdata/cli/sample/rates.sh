# Which calls are drawn is checked by sha256sum alone: a call is taken when the first 16 hex digits of
# SHA-256 of its request id are below the rate (0.05 of 2^64 is 0ccccccccccccccc.c), or its guardrail was
# triggered. Every tenth call's was.
i=0
while [ $i -lt 400 ]; do
    i=$((i + 1))
    triggered=$([ $((i % 10)) -eq 0 ] && echo '"pii"')
    echo "{\"timestamp\":\"2026-11-01T08:00:00Z\",\"request_id\":\"r-$i\",\"user_id\":\"u\",\"model\":\"m\",\"tokens\":{\"input\":1,\"output\":2},\"latency_ms\":5,\"guardrails\":{\"passed\":true,\"triggered\":[$triggered]},\"input_hash\":\"0123456789abcdef\",\"output_hash\":\"0123456789abcdef\",\"input_length\":5,\"output_length\":5}"
done > log.jsonl
i=0
while [ $i -lt 400 ]; do
    i=$((i + 1))
    echo "$(printf 'r-%s' $i | sha256sum | cut -c1-16) r-$i $((i % 10))"
done | LC_ALL=C sort > hashes
awk '$3 == 0 || $1 <= "0ccccccccccccccc" { print $2 }' hashes > wanted
llmobs ingest -q log.jsonl
llmobs sample --rate 0.05 --always guardrail_triggered -o judge.jsonl
jq -r .request_id judge.jsonl | cmp - wanted && echo same
awk '$3 != 0 && $1 <= "0ccccccccccccccc"' hashes | wc -l
head -1 judge.jsonl
echo "-- from the file, and again: the same"
llmobs sample log.jsonl --rate 5% --always guardrail_triggered -q 2> /dev/null | cmp - judge.jsonl && echo same
llmobs sample --rate 0.05 --always guardrail_triggered -q 2> /dev/null | cmp - judge.jsonl && echo same
echo "-- a filter in place of the flag; a higher rate takes what a lower one took"
llmobs sample --rate 0.05 --always request_model=m -q 2> /dev/null | wc -l
llmobs sample --rate 0.05 -q --fields request_id -f csv 2> /dev/null | sort > low
llmobs sample --rate 0.2 -q --fields request_id -f csv 2> /dev/null | sort | comm -23 low - | wc -l
echo "-- at most 7 of the others: those with the smallest hashes, each for 360 / 7"
llmobs sample --always guardrail_triggered --n 7 --fields request_id,weight,stratum -f csv 2> said | grep other > few
cut -d, -f1 few > got
awk '$3 != 0 { print $2 }' hashes | head -7 | cmp - got && echo same
sed 's/.*,\(.*\),other/\1/' few | sort -u
cat said
llmobs sample --rate 0 -q; echo "exit $?"
