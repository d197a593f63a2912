# Embeddings that moved: the default verdict, the calls that are typical, and the drift score.
awk -v n=240 -f "$TESTDATA/cli/drift/embeddings.awk" > calls.jsonl
llmobs ingest -q calls.jsonl
set -- --baseline 2026-11-10..2026-11-14 --current 2026-11-15..2026-11-19
llmobs drift "$@" --field embedding -f json
echo "exit $?"
llmobs drift "$@" --field embedding --method centroid
echo "exit $?"
llmobs drift "$@" --field embedding --method centroid --threshold 0.5
echo "exit $?"
llmobs drift "$@" --field embedding --method paired-cosine
echo "exit $?"
llmobs drift "$@" --field embedding --permutations 99 --seed 7 -q
