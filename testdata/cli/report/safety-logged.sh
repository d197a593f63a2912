# What logs say themselves goes before what scanning finds: of personal data, refusals, guardrails.
cat >log.jsonl <<'X'
{"model":"m","input_tokens":1,"pii_detected":true,"response":"nothing to see"}
{"model":"m","input_tokens":1,"pii_detected":false,"response":"call (415) 867-5309"}
{"model":"m","input_tokens":1,"response":"call (415) 867-5309"}
{"model":"m","input_tokens":1,"finish_reason":"refusal","response":"No."}
{"timestamp":"2026-11-14T10:00:00","request_id":"g","model":"m","tokens":{"input":1,"output":1},"guardrails":{"passed":false,"triggered":["toxicity"]}}
X
llmobs report safety --columns calls,pii_calls,pii_n,refused_calls,refused_n,refused_logged_n,guardrail_calls,guardrail_rate log.jsonl
