# Failures behind HTTP 200: of 10 calls one fails in transport, two answer with personal data, one refuses,
# one is stopped by a guardrail, and all but the first are 200 and ok. Counted from the lines.
i=0
while [ $i -lt 10 ]; do
    status=200 answer="it is on its way" more=
    case $i in
    0) status=503 answer= ;;
    3 | 7) answer="write to anna.schmidt@firma.de" ;;
    5) more=',"finish_reason":"refusal"' ;;
    8) more=',"guardrail_triggered":true' ;;
    esac
    echo '{"timestamp":"2026-11-20T10:00:0'$i'Z","request_id":"r'$i'","model":"m","http_status":'$status',"input_tokens":5,"output_tokens":5,"prompt":"where is it?","response":"'$answer'"'$more'}'
    i=$((i + 1))
done > log.jsonl
llmobs report errors,safety log.jsonl -f json |
    jq -c '.totals | {calls, errors, error_rate, pii_calls, pii_rate, refused_calls, guardrail_rate}'
llmobs report errors,safety log.jsonl -q --columns errors,error_rate,pii_rate,refused_rate,guardrail_rate
