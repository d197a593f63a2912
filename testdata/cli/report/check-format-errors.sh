# What is wrong with the option, the file and the schema: exit 2, file and line.
echo '{"request_id":"r1","model":"m","output_tokens":9,"response":"{}"}' > log.jsonl
run() { llmobs "$@" log.jsonl; echo "exit $?"; }
echo '{"type": "object"}' > schema.json
printf '{\n  "type": "object",\n  "requird": ["a"]\n}\n' > typo.json
printf '{\n  "type": "object"\n  "required": ["a"]\n}\n' > syntax.json
printf '{\n  "properties": {\n    "a": {"$ref": "#/$defs/b"}\n  }\n}\n' > ref.json
printf '{"$defs": {"a": {"$ref": "#/$defs/a"}}}\n' > loop.json
printf '{"type": "object", "unevaluatedProperties": false}\n' > unsupported.json
: > empty.json
exec 2>&1
for s in missing.json empty.json syntax.json typo.json ref.json loop.json unsupported.json log.jsonl .; do
    run report quality --check-format $s
done
run calls --check-format typo.json
run calls --check-format missing.json
run report cost --check-format schema.json
run report --check-format schema.json
run report quality --hist latency --check-format schema.json
run report quality,tools --check-format schema.json
echo '-- and with another view beside it'
run report quality,cost --check-format schema.json --columns calls,format_compliance_rate,cost -q
