# One field by each method that fits it.
awk -v n=2400 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
llmobs ingest -q calls.jsonl
set -- --baseline 2026-11-14..2026-11-17 --current 2026-11-18..2026-11-19 -q
for method in kl js psi ks chi2 wasserstein; do
    llmobs drift "$@" --field input_tokens --method $method
done
for method in kl js psi chi2; do
    llmobs drift "$@" --field feature,branch.human_review --method $method
done
llmobs drift "$@" --field confidence --method ks
