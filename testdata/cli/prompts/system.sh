# Calls that name no template go by their system message, numbers in it aside, whichever format says
# it; the message itself is not stored. Groups by hand: A three times, B twice, none without one.
cat > log.jsonl <<'L'
{"request_id":"1","model":"m","input_tokens":1,"messages":[{"role":"system","content":"You are CANARY number 17."},{"role":"user","content":"hi"}]}
{"request_id":"2","model":"m","input_tokens":1,"messages":[{"role":"system","content":"You are CANARY number 4711."},{"role":"user","content":"ho"}]}
{"request_id":"3","model":"m","input_tokens":1,"request":{"system":"You are a pirate.","messages":[{"role":"user","content":"hi"}]}}
{"request_id":"4","model":"m","input_tokens":1,"messages":[{"role":"developer","content":[{"type":"text","text":"You are a pirate."}]}]}
{"request_id":"5","model":"m","input_tokens":1,"messages":[{"role":"user","content":"You are a pirate."}]}
{"request_id":"6","model":"m","input_tokens":1,"prompt_name":"refund","messages":[{"role":"system","content":"You are CANARY number 1."}]}
{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"chat","startTimeUnixNano":"1795000000000000000","endTimeUnixNano":"1795000001000000000","attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1"}},{"key":"gen_ai.system_instructions","value":{"stringValue":"You are CANARY number 5."}}]},{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b175","name":"chat","startTimeUnixNano":"1795000000000000000","endTimeUnixNano":"1795000001000000000","attributes":[{"key":"gen_ai.system","value":{"stringValue":"openai"}},{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1"}}]}]}]}]}
L
llmobs ingest -q log.jsonl
llmobs prompts -q --columns template,prompt,calls
sqlite3 llmobs.db "SELECT request_id, template FROM v_calls ORDER BY identity"
grep -ac CANARY llmobs.db
echo "-- what is dropped is no message; files say the same, and so does --mine"
llmobs ingest -q log.jsonl --drop-attr 'messages' --db b.db
sqlite3 b.db "SELECT count(*) FROM v_calls WHERE template IS NOT NULL"
llmobs prompts log.jsonl -q --columns template,calls > files.txt
llmobs prompts log.jsonl -q --mine --columns template,calls -f csv
llmobs prompts -q --columns template,calls | cmp - files.txt
