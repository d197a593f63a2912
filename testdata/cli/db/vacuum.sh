# The room of deleted calls comes back; figures stay.
i=0
while [ $i -lt 4000 ]; do
    i=$((i + 1))
    echo "{\"timestamp\":\"2026-11-0$((i % 2 + 1))T08:00:00Z\",\"request_id\":\"r-$i\",\"model\":\"gpt-4o\",\"input_tokens\":$i,\"output_tokens\":1}"
done > many.jsonl
llmobs ingest -q many.jsonl
before=$(stat -c %s llmobs.db)
llmobs db prune -q --rows 2026-11-02 -y
llmobs db vacuum | grep -c "llmobs.db: [0-9]* bytes, $before before"
[ "$(stat -c %s llmobs.db)" -lt "$before" ] && echo smaller
llmobs report -q --columns calls,input_tokens
llmobs db verify -q > /dev/null; echo "exit $?"
llmobs db vacuum -q
