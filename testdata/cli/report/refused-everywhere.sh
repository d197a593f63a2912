# Who refused is one question: by finish reason (1 of 3 here, 2 known) and by scanning (1 of 2), quality and
# safety say the same, from a file and from a database, and so does the rule of s003 (more than 20 % of 20).
now=1795258200
call() { printf '{"timestamp":%d,"request_id":"%s","model":"m","latency_ms":100%s}\n' $((now - 900)) "$1" "$2"; }
{ call a ',"finish_reason":"refusal"'; call b ',"finish_reason":"stop"'; call c; } > reasons.jsonl
{
    call a ',"finish_reason":"stop","prompt":"x","response":"I am sorry, but I cannot help with that request."'
    call b ',"finish_reason":"stop","prompt":"x","response":"Here."'
} > texts.jsonl
for log in reasons texts; do
    llmobs ingest -q $log.jsonl --db $log.db
    for view in quality safety; do
        for from in "$log.jsonl" "--db $log.db"; do
            llmobs report $view $from -f json | jq -c --arg from "$from" '.rows[0] |
                [$from, .refusal_rate // .refused_rate, .refusal_rate_n // .refused_n]'
        done
    done
done
for i in 1 2 3 4 5 6 7 8 9; do sed "s/\"a\"/\"a$i\"/; s/\"b\"/\"b$i\"/" reasons.jsonl; done > many.jsonl
llmobs check s003 many.jsonl --exit-zero -f json | jq -c '.rows[] | select(.rule == "refusal_rate") | [.state, .n, .reason]'
{ cat many.jsonl; sed 's/"a"/"a10"/; s/"b"/"b10"/' reasons.jsonl; } > enough.jsonl
llmobs check s003 enough.jsonl --exit-zero -f json | jq -c '.rows[] | select(.rule == "refusal_rate") | [.state, .n, .value]'
