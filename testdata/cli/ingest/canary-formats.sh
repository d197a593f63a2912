# What --store-content full keeps of a sample is nowhere in the database without it: not in its file, not
# in its log while a reader keeps that from being emptied, on one thread and on two, from a file and from
# standard input, nor when a line goes to quarantine. Texts of under 12 bytes are left out: words like
# "chat" are names, too; so are the tags of litellm ("feature:search"), which stand below a request.
export LLMOBS_QUIET=1
formats=0 texts=0
for sample in "$TESTDATA"/formats/*/sample.*; do
    rm -f ./*.db* wanted log map
    cp "$sample" log
    llmobs ingest log --db full.db --store-content full 2> /dev/null || continue
    sqlite3 full.db "SELECT text FROM call_text" | awk 'length($0) >= 12 && !/^feature:/' | sort -u > wanted
    [ -s wanted ] || continue
    formats=$((formats + 1))
    texts=$((texts + $(wc -l < wanted)))
    llmobs ingest log --db one.db --jobs 1 --audit-map map 2> /dev/null
    llmobs ingest log --db two.db --jobs 2 2> /dev/null
    llmobs ingest - --db in.db < log 2> /dev/null
    { cat wanted; echo '{"model": "m", "prompt": "CANARY'; } > broken
    llmobs ingest broken log --db bad.db 2> /dev/null
    for file in one.db* two.db* in.db* bad.db* map; do
        grep -aFf wanted "$file" > found && echo "$(basename "$(dirname "$sample")"): $file: $(head -c 200 found | tr -cd '[:print:]')"
    done
done
echo "$([ $formats -ge 15 ] && echo 'many formats'), $([ $texts -ge 30 ] && echo 'many texts')"
# The log: a reader in a transaction keeps it.
rm -f ./*.db*
llmobs ingest "$TESTDATA/formats/openinference/sample.jsonl" --db w.db 2> /dev/null ||
    llmobs ingest "$TESTDATA/cli/ingest/canary.jsonl" --db w.db 2> /dev/null
mkfifo hold
sqlite3 w.db < hold > began &
exec 3> hold
echo "BEGIN; SELECT count(*) >= 0 FROM call;" >&3
while [ ! -s began ]; do sleep 0.05; done
cat "$TESTDATA/cli/ingest/canary.jsonl" > other.jsonl
llmobs ingest other.jsonl --db w.db 2> /dev/null
[ -s w.db-wal ] && echo "there is a log"
grep -aq CANARY w.db-wal w.db && echo "content in the log"
echo "COMMIT;" >&3
exec 3>&-
wait
