# Wording: answers that are said otherwise from 15 November on, while their length stays. The same
# sentences in both windows are none. Without texts there is nothing to say, and it is said.
calls() { # CHANGES: 0 or 1
    awk -v changes="$1" 'BEGIN {
        split("Your order is on its way.|The parcel has left our house.|It will be with you soon.", old, "|")
        split("Shipment dispatched: see tracking|Status=IN_TRANSIT (carrier DHL)|ETA pending, ref attached", new, "|")
        for (i = 0; i < 240; i++) {
            day = 10 + int(i / 24)
            answer = changes && day >= 15 ? new[1 + i % 3] : old[1 + i % 3]
            printf "{\"timestamp\":\"2026-11-%dT%02d:00:00Z\",\"request_id\":\"r%d\",\"model\":\"m\",\"prompt\":\"where is order %d?\",\"response\":\"%s\",\"latency_ms\":%d}\n", day, i % 24, i, 1000 + i % 7, answer, 100 + i % 9
        }
    }'
}
calls 1 > changed.jsonl
calls 0 > same.jsonl
set -- --baseline 2026-11-10..2026-11-14 --current 2026-11-15..2026-11-19
echo '--- files have their texts'
llmobs drift "$@" --field wording,input_wording changed.jsonl
echo "exit $?"
llmobs drift "$@" --field wording -q same.jsonl
echo "exit $?"
llmobs drift "$@" --field wording --method centroid -f json changed.jsonl | jq -c '.rows[] | {field, method, n_baseline, effect_kind, verdict}'
echo '--- a database has them when it was told to keep them; unasked, wording speaks where there are no embeddings'
llmobs ingest -q --store-content full changed.jsonl
llmobs drift "$@" -f json | jq -c '.rows[] | select(.field | test("wording")) | {field, method, verdict}'
echo '--- else not'
llmobs ingest -q --db bare.db changed.jsonl
llmobs drift "$@" --db bare.db --field wording
echo "exit $?"
