# Answers against a schema. By hand, of a: r1 holds, r2 lacks score, r3 is no JSON: 1 of 3. Of b: r4 has
# a price that is a text, r6 holds whatever its log says, r8 (an object of the line) has a member too
# much; of those without an answer the log says yes (r5) and no (r7): 2 of 5, 3 checked. r9 has neither.
# Wilson 95 % of 1 in 3: 0.0615 .. 0.7923; of 2 in 5: 0.1176 .. 0.7693; of 3 in 8: 0.1368 .. 0.6943.
cat > schema.json <<'END'
{
  "type": "object",
  "properties": {
    "label": {"enum": ["positive", "negative"]},
    "score": {"type": "number", "minimum": 0, "maximum": 1},
    "lines": {"items": {"properties": {"price": {"type": "integer"}}}}
  },
  "required": ["label", "score"],
  "additionalProperties": false
}
END
# line MINUTE FEATURE MORE
line() { echo '{"request_id":"r'"$1"'","model":"m","feature":"'"$2"'","timestamp":"2026-03-05T10:0'"$1"':00Z","output_tokens":9'"$3"'}'; }
{
    line 1 a ',"response":"{\"label\":\"positive\",\"score\":0.5}"'
    line 2 a ',"response":"{\"label\":\"positive\"}"'
    line 3 a ',"response":"Sure: positive, secret"'
    line 4 b ',"response":"{\"label\":\"positive\",\"score\":0.5,\"lines\":[{\"price\":1},{\"price\":\"secret\"}]}"'
    line 5 b ',"format_compliance":true'
    line 6 b ',"format_compliance":false,"response":"{\"label\":\"negative\",\"score\":1.0}"'
    line 7 b ',"format_compliance":false'
    line 8 b ',"response":{"label":"negative","score":1.0,"secret":"secret"}'
    line 9 c ''
} > log.jsonl
round() { jq -c "$1"' | map(if type == "number" then . * 1e4 | round / 1e4 else . end)'; }
figures='[.format_compliance_rate, .format_compliance_rate_n, .format_compliance_rate_low, .format_compliance_rate_high, .format_checked_n]'

llmobs ingest -q --store-content full log.jsonl
llmobs report quality --by feature --check-format schema.json
llmobs report quality --by feature --check-format schema.json -f json | round ".rows[], .totals | [.feature] + $figures"
echo "-- what they fail at"
llmobs report quality --check-format schema.json -f json |
    jq -c '.coverage | [.format_checked, .format_failed, .format_changed, .format_undecided], .format_failures[]'
echo "-- straight from the file, the same; without the option the log's own word"
llmobs report quality --by feature --check-format schema.json log.jsonl -f json > file.json
llmobs report quality --by feature --check-format schema.json -f json > db.json
for f in file db; do jq "[.rows[], .totals | $figures], .coverage" $f.json > $f.cmp; done
cmp file.cmp db.cmp
llmobs report quality --by feature -f json | round '.rows[] | [.feature, .format_compliance_rate, .format_compliance_rate_n, .format_checked_n]'
echo "-- by other dimensions, filtered, as a chart, and by who said it"
llmobs report quality --by hour,model --check-format schema.json --where 'feature!=c' -q
llmobs report quality --by feature --check-format schema.json --chart -q
llmobs report quality --by check,scorer --check-format schema.json --columns n,rate -q
echo "-- which ones, nothing of what they say"
llmobs calls --check-format schema.json --asc
llmobs calls --check-format schema.json --where feature=b --limit 1 -f jsonl --columns id,keyword,pointer
llmobs calls --check-format schema.json log.jsonl -f csv --columns id,keyword,pointer
{ llmobs calls --check-format schema.json -f json; cat file.json; } | grep -c secret
echo "-- cut and redacted answers are no failures, and the log's word counts for them"
{
    line 1 a ',"response":"{\"label\":\"positive\",\"score\":0.5}"'
    line 2 a ',"response":"{}","format_compliance":false'
    line 3 a ',"response":"{\"label\":\"positive\",\"score\":0.25}","format_compliance":true'
} > short.jsonl
llmobs ingest -q --db cut.db --store-content preview --preview 10 short.jsonl
llmobs report quality --db cut.db --check-format schema.json -q
llmobs report quality --db cut.db --check-format schema.json | tail -n 3
sed 's/positive/a@firma.de/' short.jsonl > mail.jsonl
llmobs ingest -q --db redacted.db --store-content full --redact mail.jsonl
llmobs report quality --db redacted.db --check-format schema.json | tail -n 3
echo "-- nothing stored"
llmobs ingest -q --db none.db log.jsonl
llmobs report quality --db none.db --check-format schema.json | tail -n 2
llmobs calls --db none.db --check-format schema.json
echo "-- compared with the day before"
{ sed 's/2026-03-05/2026-03-06/; s/"r\([0-9]\)"/"s\1"/' log.jsonl | grep -v '"s[234]"'; } > later.jsonl
llmobs ingest -q --store-content full later.jsonl
llmobs report quality --since 2026-03-06 --until 2026-03-06 --vs previous --check-format schema.json \
    --columns format_compliance_rate,format_compliance_rate_n -q
exec 2>&1
echo "-- an answer that would take for ever is not judged"
echo '{"pattern": "^(a+)+$"}' > slow.json
echo '{"request_id":"q","model":"m","output_tokens":1,"response":"[\"x\"]"}' > slow.jsonl
echo '{"request_id":"r","model":"m","output_tokens":1,"response":"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\""}' >> slow.jsonl
llmobs report quality --check-format slow.json slow.jsonl
