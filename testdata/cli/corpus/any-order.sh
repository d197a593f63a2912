# The whole corpus in one command, a second time, and in the opposite order: the same content.
corpus=$TESTDATA/../../shared/corpus
[ -d "$corpus" ] || exit 77
find "$corpus" -type f ! -name '*.md' ! -name 'EXPECTED.json' ! -name 'TRUTH.json' \
    ! -path '*/golden/*' ! -path '*/evals/*' ! -path '*/drift/*' | LC_ALL=C sort > files.txt
llmobs ingest -q --db forward.db $(cat files.txt) 2> /dev/null
"$TESTDATA/dump.sh" forward.db > forward.txt
llmobs ingest -q --db forward.db $(cat files.txt) 2> /dev/null
"$TESTDATA/dump.sh" forward.db | cmp - forward.txt
llmobs ingest -q --db backward.db $(LC_ALL=C sort -r files.txt) 2> /dev/null
"$TESTDATA/dump.sh" backward.db > backward.txt
diff forward.txt backward.txt | head -n 20
