# People in the loop (S000-22, S004-09): how much is decided without them, what waits, and how long
# answers took. Wanted values by
#   python3 -c 'import json; v=sorted(x["latency_ms"] for l in open("s004-tools.jsonl") for x in [json.loads(l)] if x["tool_name"]=="human_review"); print(len(v), v[4], v[7]+.6*(v[8]-v[7]))'
# 9 answers, p50 285,000 ms, p95 339,000 ms; 10 were asked for, so 1 is pending.
cp "$TESTDATA"/cli/report/data/s004-*.jsonl .
llmobs ingest -q s004-*.jsonl
llmobs report branches --hitl --by day
llmobs report branches --hitl --by day -f json | grep -o '"human_review_rate".*wait_p95_us":[0-9]*'
llmobs report branches --human 'final_*' --by branch --columns review_rate,pending,wait_n -f csv
# No tool says when the answer came: then the next decision of the person does. 10:00:10 to 10:01:40.
cat > decisions.jsonl <<'END'
{"timestamp":"2026-11-20T10:00:10Z","request_id":"r1","from_node":"draft","to_node":"approval","condition":"amount > 100","condition_result":true,"context":{"amount":250}}
{"timestamp":"2026-11-20T10:01:40Z","request_id":"r1","from_node":"approval","to_node":"send","condition":"approved","condition_result":true,"context":{}}
{"timestamp":"2026-11-20T10:05:00Z","request_id":"r2","from_node":"draft","to_node":"approval","condition":"amount > 100","condition_result":true,"context":{"amount":300}}
{"timestamp":"2026-11-20T10:06:00Z","request_id":"r3","from_node":"draft","to_node":"send","condition":"amount > 100","condition_result":false,"context":{"amount":3}}
END
llmobs report branches --hitl decisions.jsonl
