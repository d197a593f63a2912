# Calls from before a day move to another database; together they hold what there was, once.
cp "$TESTDATA/cli/db/people.jsonl" .
llmobs ingest -q people.jsonl
llmobs db archive old.db --rows 2026-11-04 --dry-run; ls
llmobs db archive old.db --rows 2026-11-04 -y -q
for db in old.db llmobs.db; do
    echo "-- $db $(stat -c %a $db)"
    sqlite3 $db "SELECT request_id FROM v_calls ORDER BY 1; SELECT count(*) FROM v_scores"
    llmobs db verify -q --db $db > /dev/null; echo "exit $?"
done
cp old.db kept.db
llmobs db archive old.db --rows 2026-11-05 -y; echo "exit $?"
cmp old.db kept.db
llmobs db archive new.db --rows 2026-11-05; echo "exit $?"
ls
