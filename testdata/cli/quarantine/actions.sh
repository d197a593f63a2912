# Lines that could not be read: where they stand, whether they still do, and forgetting them.
exec 2>&1
good='{"timestamp":"2026-09-07T08:00:00Z","model":"m","request_id":"1","input_tokens":1,"output_tokens":1}'
{ echo "$good"; echo 'not JSON'; echo '{"model":"m","request_id":"2","input_tokens":"12a"}'; } > log.jsonl
llmobs ingest -q log.jsonl 2> /dev/null
try() { llmobs quarantine "$@"; echo "exit $?: $*"; }
try
try --strict
try list -f csv --columns id,line,offset,length,reason,field
try show 1
try show 1 -f json -o show.json && jq -c '.rows[0] | [.id, .source_state]' show.json
try export
try export 2
# The file changes, then goes.
sed -i 's/not JSON/not Json/' log.jsonl
try show 1
try export
rm log.jsonl
try show 2
try show 9
try show
try show x
try shwo 1
try list --columns place
try drop
try drop 1 --dry-run
try drop 1 --yes
try drop 1 --yes
try drop -qy
try
try -f csv
echo nonsense | llmobs ingest -q - 2> /dev/null
id=$(llmobs quarantine -f csv --columns id | tail -n 1)
llmobs quarantine show "$id" | grep source
