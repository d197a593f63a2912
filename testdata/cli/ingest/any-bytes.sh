# Any bytes at all are acceptable input: each bad line is kept by place, the good ones are read.
good='{"request_id":"1","model":"m","input_tokens":1,"output_tokens":2}'
{
    printf '{"model":"m\0","input_tokens":1,"output_tokens":2}\n'
    printf '{"model":"m\377","input_tokens":1,"output_tokens":2}\n'
    head -c 100000 /dev/zero | tr '\0' '['
    printf '\n'
    printf '{"request_id":"2","model":"m","input_tokens":99999999999999999999,"output_tokens":2}\n'
    printf '{"request_id":"3","model":"m","input_tokens":1,"output_tokens":2,"input_tokens":7}\n'
    printf '{"request_id":"4","model":"m\\u001b[31m","input_tokens":1,"output_tokens":2}\n'
    printf '{"request_id":"5","deep":'
    head -c 100000 /dev/zero | tr '\0' '['
    head -c 100000 /dev/zero | tr '\0' ']'
    printf ',"model":"m","input_tokens":1,"output_tokens":2}\n'
    printf '\r\n\n   \n'
    printf '%s\r\n' "$good"
    head -c 3000000 /dev/zero | tr '\0' 'x'
    printf '\n'
} > log.jsonl
llmobs ingest -q --max-line 2M log.jsonl
llmobs ingest -q --strict --max-line 2M log.jsonl
echo "a second run quarantines nothing new: exit $?"
llmobs quarantine -f csv --columns line,reason,field,length
sqlite3 llmobs.db 'SELECT request_id, hex(model), input_tokens FROM v_calls ORDER BY 1'
