# Vectors of two models do not compare: named, it is an error; else a warning, and the rest is judged.
awk -v n=240 -f "$TESTDATA/cli/drift/embeddings.awk" |
    awk '{ if (NR % 3 == 0) sub("\"embedding\"", "\"embedding_model\":\"small-3\",\"embedding\""); print }' > calls.jsonl
set -- --baseline 2026-11-10..2026-11-14 --current 2026-11-15..2026-11-19 calls.jsonl
llmobs drift "$@" --field embedding; echo "exit $?"
llmobs drift "$@" --no-cost -f csv | cut -d, -f1,3; echo "exit $?"
llmobs drift "$@" --field embedding --model small-3 --min-n 10 -q; echo "exit $?"
llmobs drift "$@" --field embedding --dim 4 -q; echo "exit $?"
