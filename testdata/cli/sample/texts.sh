# The record of a judge's queue: request_id, input, output, context, and the cuts of its prompt, in
# characters; from a file with its texts, from a database with those that are stored.
cp "$TESTDATA/cli/ingest/content.jsonl" log.jsonl
llmobs sample log.jsonl
llmobs sample log.jsonl -q --where 'prompt=null' --truncate context=3,input=8,output=4 2> /dev/null
llmobs ingest -q log.jsonl --store-content full --redact
llmobs sample -o judge.jsonl
cat judge.jsonl
llmobs sample -q -f csv --fields request_id,user,model,started_us,weight,context 2> /dev/null
llmobs sample -q -f table --fields request_id,input 2> /dev/null
# S001's own cuts: 500, 300 and 1000 characters.
printf '{"request_id":"x","model":"m","context":"%0600d","prompt":"%0600d","response":"%01200d","output_tokens":1}\n' 1 2 3 > long.jsonl
llmobs sample long.jsonl -q --truncate context=500,input=300,output=1000 | jq -c '[.context, .input, .output | length]'
