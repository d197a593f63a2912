# Tool calls of a workflow of forty requests on two days (S004-05, -13, -31, -42, -92; S000-21).
# Wanted values by
#   python3 -c 'import json
#   r=[json.loads(l) for l in open("s004-tools.jsonl")]
#   for n in "search_orders","human_review":
#     v=sorted(x["latency_ms"] for x in r if x["tool_name"]==n); h=.95*(len(v)-1); i=int(h)
#     print(n, len(v), sum(x["status"]!="error" for x in r if x["tool_name"]==n), v[i]+(h-i)*(v[i+1]-v[i]))'
# search_orders 48 calls, 38 ok, p95 5,000 ms; human_review 9, 9, 339,000 ms. 8 searches follow one of
# the same request that failed (i % 5 == 3 of 20, twice). Cost after: all 38 searches that are followed
# by a call that cost something, and the 8 that were made again: $0.127790.
cp "$TESTDATA"/cli/report/data/s004-*.jsonl .
llmobs ingest -q s004-*.jsonl
llmobs report tools
llmobs report tools --by tool,agent,status --columns calls,latency_p50_us -q
llmobs report tools --by day,tool --no-cost --columns calls,retries,timeouts -f csv
llmobs report tools --where 'tool=search_*' --where status=error --where 'latency>4s' --by prompt_version -f csv --columns calls
llmobs report tools --since 2026-11-19 --until 2026-11-19 --vs previous --columns calls,calls_previous,success_rate,success_rate_previous,success_rate_change,success_rate_p -f csv
llmobs report tools --sort latency_p95_us --limit 1 -f jsonl --columns calls,latency_p95_us
llmobs report tools -q s004-tools.jsonl --by weekday # without the calls, straight from the file
# By version (S004-128), of rows and of spans; a version told by the other half of a call counts, too.
{
    printf '{"timestamp":"2026-11-20T10:00:0%d.5Z","request_id":"r%d","tool_name":"db","inputs":{},"latency_ms":%d,"status":"%s","tool_version":%s}\n' \
        1 1 100 success '"1.9"' 2 2 300 success '"2.0"' 3 3 900 error '"2.0"' 4 4 200 success 7
    printf '%s\n' '{"timestamp":"2026-11-20T10:00:05Z","request_id":"r5","tool_name":"db","inputs":{},"latency_ms":50,"status":"success"}'
} > versions.jsonl
printf '%s\n' '{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{"name":"s"},"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"execute_tool db","startTimeUnixNano":"1795000000000000000","endTimeUnixNano":"1795000000700000000","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"execute_tool"}},{"key":"gen_ai.tool.name","value":{"stringValue":"db"}},{"key":"tool.version","value":{"stringValue":"2.0"}}]}]}]}]}' > versions.otlp.jsonl
llmobs report tools --by tool,tool_version --columns calls,success_rate,latency_p50_us versions.jsonl versions.otlp.jsonl
