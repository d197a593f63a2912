# Golden answers beside those of a run: how alike they are worded is a metric of its own. Cosines by
# Python from the recipe of lib/stats/ngram_vector.h: 1, 0.792675861845208, 0.051434449987364; a text
# without an n-gram is like none.
golden='The order is on its way.'
line() { echo '{"item_id":"'"$1"'","output":"'"$2"'","expected":"'"$golden"'"'"$3"'}'; }
{ line a "$golden"; line b "The order is on its way to you."; line c "No."; line d ""; } > answers.jsonl
llmobs ingest -q answers.jsonl
sqlite3 llmobs.db "SELECT name, round(value, 12) FROM v_scores ORDER BY target_id"
echo "--- not one byte of them is stored"
grep -c "on its way" llmobs.db
echo "--- a run that says the same otherwise passes as before, and is less alike"
i=0
while [ $i -lt 40 ]; do line "$i" "$golden" ',"passed":true'; i=$((i + 1)); done > main.jsonl
i=0
while [ $i -lt 40 ]; do line "$i" "It was sent, thank you for case $i." ',"passed":true'; i=$((i + 1)); done > run.jsonl
llmobs gate --baseline main.jsonl --candidate run.jsonl --margin 10pt
echo "exit $?"
llmobs gate --baseline main.jsonl --candidate main.jsonl --margin 10pt --metric similarity -q
echo "exit $?"
