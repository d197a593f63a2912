# Real traces: spans, calls (each once, though up to three spans carry the usage of one), tokens,
# finish reasons and times are those that the corpus counted independently.
corpus=$TESTDATA/../../shared/corpus/otlp
[ -d "$corpus" ] || exit 77
check=$TESTDATA/corpus/check.sh
files=$(jq -r '.files | keys[]' "$corpus/EXPECTED.json")
for file in $files; do
    "$check" "$file" spans "$(jq -c --arg f "$file" '.files[$f]' "$corpus/EXPECTED.json")" "$corpus/$file"
done
"$check" total spans "$(jq -c .total "$corpus/EXPECTED.json")" $(printf "$corpus/%s " $files)
