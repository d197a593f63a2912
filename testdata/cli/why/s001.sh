# The questions of a chain that is traced by hand: llm_chain -> retrieval -> prompt_assembly -> model_call ->
# guardrail_check, with names of its own for what it measures; user and feature stand on its root only.
cp "$TESTDATA/cli/why/data/chain.otlp.jsonl" .
printf '%s\n' '{"timestamp":"2026-11-19T14:10:00Z","request_id":"safe-1","user_id":"u_91","model":"gpt-4-turbo","tokens":{"input":100,"output":20},"cost_usd":0.0016,"latency_ms":900,"guardrails":{"passed":false,"triggered":["pii_email"]},"input_hash":"0123456789abcdef","output_hash":"fedcba9876543210","input_length":400,"output_length":80}' \
    '{"timestamp":"2026-11-19T14:11:00Z","request_id":"down-1","user_id":"u_91","model":"gpt-4-turbo","status_code":503,"error":"server overloaded","latency_ms":120}' \
    '{"timestamp":"2026-11-19T14:12:00Z","request_id":"typed-1","model":"gpt-4-turbo","tokens_in":400,"tokens_out":20,"cost_usd":0.0046,"guardrail_triggered":true,"retrieval_docs":9,"latency_ms":1200}' > lines.jsonl
llmobs ingest chain.otlp.jsonl lines.jsonl
echo '# why a response cost $0.50, and its parts (01, 05, 15)'
llmobs why 7f3a0007 --cost -q --wide
echo '# latency by tokens: per output token, and weighted (03)'
llmobs report latency -q --by model
echo '# what failed, and what a guardrail stopped behind a status of 200 (04)'
llmobs report errors -q --by status
llmobs why safe-1 -f csv | grep ,flags,
echo '# the whole chain, with documents and tokens of its steps, which are not billed twice (06, 09, 10, 11)'
llmobs trace 7f3a0007 -f json | jq -c '.rows[] | {name, kind, docs, docs_tokens, context_tokens, model, input_tokens, output_tokens, cost_usd}'
llmobs trace 7f3a0007 -f json | jq -c .totals.total_input_tokens
echo '# user and feature of the chain are those of its model call (08)'
llmobs calls -q --where feature=support --columns id,user,feature,session
echo '# rules that were triggered, from what Python prints for a list (12)'
llmobs trace 7f3a0007 -q --wide | grep guardrail
echo '# a typed record of one line (13)'
llmobs why typed-1 -q --wide | grep -e documents -e flags
echo '# why a request took 8 seconds, by the phases of its spans (07, 14)'
llmobs why 7f3a0007 --latency -q --wide
