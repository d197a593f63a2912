# The texts of a request's call: from a file, and from a database that keeps them; without any the columns
# are empty, and without --content they are not there.
cp "$TESTDATA/cli/ingest/content.jsonl" log.jsonl
llmobs trace r-1 log.jsonl --content -f json | jq -c '.rows[] | {context, input, output}'
llmobs ingest -q log.jsonl --store-content preview --preview 4
llmobs trace r-2 --content -f json | jq -c '.rows[] | {context, input, output}'
llmobs trace r-3 --content -f json | jq -c '.rows[] | {context, input, output}'
llmobs trace r-1 -f json | jq -c '.rows[] | has("input"), has("output")'
llmobs trace r-1 --content -q
