# Each real Claude Code session alone and all of them together: calls, tokens by class, tool calls
# and times are those that the corpus counted independently.
corpus=$TESTDATA/../../shared/corpus/claude-code
[ -d "$corpus" ] || exit 77
cd "$corpus" && files=$(jq -r '.files | keys[]' EXPECTED.json) && cd "$OLDPWD"
check=$TESTDATA/corpus/check.sh
for file in $files; do
    "$check" "$file" calls "$(jq -c --arg f "$file" '.files[$f]' "$corpus/EXPECTED.json")" "$corpus/$file"
done
"$check" total calls "$(jq -c .total "$corpus/EXPECTED.json")" $(printf "$corpus/%s " $files)
# In the opposite order the database is the same.
sqlite3 check.db "SELECT identity, started_us, model, input_tokens, output_tokens, session FROM v_calls ORDER BY 1" > forward.txt
rm -f check.db*
llmobs ingest -q --db check.db $(printf "$corpus/%s\n" $files | sort -r) > /dev/null 2>&1
sqlite3 check.db "SELECT identity, started_us, model, input_tokens, output_tokens, session FROM v_calls ORDER BY 1" | cmp - forward.txt
