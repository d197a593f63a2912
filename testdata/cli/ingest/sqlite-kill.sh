# A database as the input, killed with SIGKILL at many moments and started again each time while it
# grows: as one undisturbed run. Rows with and without ids of their own, equal ones among them.
grow() {
    sqlite3 log.db "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < $1)
        INSERT INTO branches SELECT '2026-03-05T08:00:00', 'q' || (n % 7), 'a', 'b', 'c', n % 2 FROM r;
        WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < $1)
        INSERT INTO calls SELECT '2026-03-05T08:00:00', hex(randomblob(8)), 'm' || (n % 5), n, 'v1', 1.5
        FROM r"
}
sqlite3 log.db "CREATE TABLE branches (timestamp, request_id, from_node, to_node, condition,
        condition_result);
    CREATE TABLE calls (timestamp, request_id, model, input_tokens, prompt_version, latency_ms)"
grow 40000
for moment in 02 05 08 12 17 24 32 45; do
    llmobs ingest -q --db killed.db log.db 2> /dev/null &
    sleep 0.$moment
    kill -9 $! 2> /dev/null
    wait $! 2> /dev/null
    grow 100
done 2> /dev/null
llmobs ingest -q --db killed.db log.db
llmobs ingest -q --db whole.db log.db
"$TESTDATA/dump.sh" whole.db > whole.txt
"$TESTDATA/dump.sh" killed.db > killed.txt
cmp whole.txt killed.txt
sqlite3 killed.db 'SELECT count(*) FROM v_calls; SELECT count(*) FROM v_branch_decisions'
