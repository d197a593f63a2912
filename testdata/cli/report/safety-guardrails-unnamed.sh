# Calls whose log says that a guardrail was triggered, but not which, are a row without a name; those of
# gateways and providers have theirs. Reading twice counts once.
cat >log.jsonl <<'X'
{"model":"m","choices":[{"index":0,"finish_reason":"content_filter","message":{"role":"assistant","content":""},"content_filter_results":{"hate":{"filtered":true},"violence":{"filtered":false}}}],"id":"c1","object":"chat.completion","usage":{"prompt_tokens":3,"completion_tokens":0}}
{"output":{"message":{"role":"assistant","content":[{"text":"no"}]}},"stopReason":"guardrail_intervened","usage":{"inputTokens":1,"outputTokens":1},"metrics":{"latencyMs":5}}
{"model":"m","input_tokens":1,"output_tokens":1,"response":"ok"}
X
llmobs ingest -q log.jsonl
cp log.jsonl again.jsonl
llmobs ingest -q again.jsonl
llmobs report safety --by rule,action
