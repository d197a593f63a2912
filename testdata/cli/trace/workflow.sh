# A workflow's request: its call, the decision after it, the tools that were used.
printf '%s\n' '{"timestamp":"2026-11-19T14:00:00Z","request_id":"req-1","prompt_version":"v7","model":"gpt-4","prompt":"a","response":"b","input_tokens":500,"output_tokens":100,"total_tokens":600,"latency_ms":1200,"cost_usd":0.021,"status":"success","error":null,"metadata":{"feature":"refund"}}' > calls.jsonl
printf '%s\n' '{"timestamp":"2026-11-19T14:00:01.300Z","request_id":"req-1","from_node":"generate_response","to_node":"human_review","condition":"confidence < 0.7","condition_result":true,"context":{"confidence":0.61,"threshold":0.7}}' > branches.jsonl
printf '%s\n' '{"timestamp":"2026-11-19T14:00:01.400Z","request_id":"req-1","tool_name":"human_review","inputs":{"q":1},"output":"ok","latency_ms":300,"status":"success","error":null}' '{"timestamp":"2026-11-19T14:00:01.800Z","request_id":"req-1","tool_name":"web_search","inputs":{"q":2},"output":null,"latency_ms":2000,"status":"error","error":"timed out"}' > tools.jsonl
llmobs ingest -q tools.jsonl branches.jsonl calls.jsonl
llmobs trace req-1
llmobs trace req-1 -f mermaid
