# A log of calls without traces: errors of a user, missing values, the order of ties.
cp "$TESTDATA/formats/llm-call-log/sample.jsonl" calls.jsonl
llmobs calls calls.jsonl
llmobs calls calls.jsonl --where status=error -f csv --columns started,status,error_kind,input_tokens,request_id,source_file,source_line
