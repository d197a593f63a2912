# The same answer, byte for byte, whatever the order in which logs came in.
awk -v n=240 -f "$TESTDATA/cli/drift/embeddings.awk" > calls.jsonl
awk '{ line[NR] = $0 } END { for (i = NR; i; i--) print line[i] }' calls.jsonl > backwards.jsonl
set -- --baseline 2026-11-10..2026-11-14 --current 2026-11-15..2026-11-19 --by feature -f json
llmobs drift "$@" calls.jsonl > forward.json
llmobs drift "$@" backwards.jsonl | cmp - forward.json
jq -c .by forward.json
awk -v n=2400 -f "$TESTDATA/cli/compare/s004.awk" > calls.jsonl
awk '{ line[NR] = $0 } END { for (i = NR; i; i--) print line[i] }' calls.jsonl > backwards.jsonl
llmobs compare --at 2026-11-18 --explain -f json calls.jsonl > forward.json
llmobs compare --at 2026-11-18 --explain -f json backwards.jsonl | cmp - forward.json
