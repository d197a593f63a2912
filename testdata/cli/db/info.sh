# What the parts take. Sizes depend on the SQLite at hand, so they are held against the file's.
cp "$TESTDATA/cli/db/people.jsonl" .
llmobs ingest -q people.jsonl
llmobs db info -f csv > info.csv
grep -E '^(part|call|session|score),' info.csv | cut -d, -f1,2
awk -F, -v size="$(stat -c %s llmobs.db)" 'NR == 1 { next } $1 == "(file)" { file = $3; next }
    { sum += $3 } END { print sum == file, file == size }' info.csv
# 6 calls: bytes per call of the file are its size over 6.
awk -F, '$1 == "(file)" { d = $4 - $3 / 6; print d < 1e-6 && d > -1e-6 }' info.csv
llmobs db -f json | jq -c '.coverage.calls, .coverage.schema > 0, (.rows | length > 10)'
llmobs db info | head -1
