# -o: the suffix chooses the format, the file is private and appears whole; devices are written to.
exec 2>&1
echo '{"timestamp":"2026-09-07T08:00:00Z","model":"m","request_id":"1","input_tokens":1,"output_tokens":1}' > log.jsonl
llmobs ingest -q log.jsonl
llmobs report -o r.json && jq -c '[.verb, .totals.calls // .rows[0].calls]' r.json
llmobs report --by model -o r.csv && cut -d, -f1,2 r.csv
llmobs report --by model -f json -o r.csv && jq -c .by r.csv
LLMOBS_FORMAT=json llmobs report --by model -o r.tsv && cut -f1,2 r.tsv
llmobs report -o r.txt && head -n 1 r.txt
stat -c '%a %n' r.*
chmod 644 r.txt
ln -s r.txt link.txt
llmobs report -o link.txt
stat -c '%a %F %n' r.txt link.txt
llmobs report -f csv -o /dev/null
llmobs report -f csv -o - | head -c 6; echo
stat -c %F /dev/null
llmobs report -o no/such/folder.json; echo "exit $?"
llmobs report > /dev/full; echo "exit $?"
llmobs report -o /dev/full; echo "exit $?"
llmobs report --by model | true; echo "exit $?"
ls | grep -v '^llmobs.db'
