# The outputs for build servers and pull requests, with names that try to break them.
evil='<img src=x>|`@everyone`&\"]]>\u001b[31m\u202e'
EVIL=$evil awk 'BEGIN { for (i = 1; i <= 40; i++) {
    pass = i > 14 ? "true" : "false"
    printf "{\"item_id\":\"%s%d\",\"metric\":\"a|b<c>\",\"passed\":true}\n", ENVIRON["EVIL"], i > "a.jsonl"
    printf "{\"item_id\":\"%s%d\",\"metric\":\"a|b<c>\",\"passed\":%s}\n", ENVIRON["EVIL"], i, pass > "b.jsonl" } }'
export GITHUB_STEP_SUMMARY=summary.md
echo before > summary.md
llmobs gate --baseline a.jsonl --candidate b.jsonl --junit j.xml --markdown m.md --summary --max-cost 5 -q
echo "exit $?"
cat j.xml m.md
{ echo before; cat m.md; } | cmp - summary.md
stat -c %a j.xml m.md
if command -v xmllint > /dev/null; then xmllint --noout j.xml; fi
# What this program reads of a test report is what it wrote: a failure.
llmobs gate --baseline j.xml --candidate j.xml -q | head -3
echo "-- ten cases at most and never more than GitHub takes, whatever the names are"
awk 'BEGIN { s = ""; for (i = 0; i < 180; i++) s = s "|"; for (m = 1; m <= 60; m++) for (i = 1; i <= 20; i++) {
    printf "{\"item_id\":\"%s%d\",\"metric\":\"%s%d\",\"passed\":true}\n", s, i, s, m > "c.jsonl"
    printf "{\"item_id\":\"%s%d\",\"metric\":\"%s%d\",\"passed\":false}\n", s, i, s, m > "d.jsonl" } }'
llmobs gate --baseline c.jsonl --candidate d.jsonl --markdown big.md -q > /dev/null
[ "$(wc -c < big.md)" -le 65536 ] && head -c 40 big.md && tail -1 big.md
echo "-- every format"
echo '{"item_id":"a","passed":true}
{"item_id":"b","passed":true}' > e.jsonl
for f in csv tsv md jsonl; do echo "-- $f"; llmobs gate --baseline e.jsonl --candidate e.jsonl -f $f --margin 1pt; done
