# --dry-run says what would be new, merged and updated, and changes nothing: not the database, nor
# anything beside it. What it says is what then happens.
call() { printf '{"request_id":"%s","model":"m","input_tokens":1,"output_tokens":%s}\n' "$@"; }
{ call 1 2; call 2 2; } > a.jsonl
llmobs ingest --dry-run a.jsonl
ls
llmobs ingest -q a.jsonl
{ call 2 9; call 3 2; call 3 2; echo bad; } > b.jsonl
sha256sum llmobs.db > before
for how in --dry-run "--dry-run --jobs 1" ""; do
    echo "-- $how"
    llmobs ingest $how a.jsonl b.jsonl
    [ -z "$how" ] || { sha256sum --quiet -c before; ls llmobs.db*; }
done
echo '-- again'
llmobs ingest --dry-run a.jsonl b.jsonl
llmobs quarantine -f csv --columns file,line
echo '-- no database'
llmobs --db other.db ingest --dry-run b.jsonl 2> /dev/null
echo 'no database at all, though the file is there' > text.db
llmobs --db text.db ingest --dry-run b.jsonl
echo "exit $?"
ls *.db
