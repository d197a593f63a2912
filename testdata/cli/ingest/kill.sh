# Killed with SIGKILL at many moments and started again each time: the end is that of an undisturbed
# run, nothing is lost and nothing stands there twice. 140,000 lines are three transactions.
workload 140000 > log.jsonl
# Lines without ids of their own, equal ones among them, and unreadable ones.
for i in 1 2 3 4 5 6 7 8 9; do
    echo '{"model":"m","input_tokens":1,"output_tokens":2}'
    echo '{"model":"m","input_tokens":'$i',"output_tokens":2}'
    echo "not JSON $i"
done > tail.jsonl
cat tail.jsonl >> log.jsonl
cat tail.jsonl >> log.jsonl
llmobs ingest -q --db whole.db log.jsonl 2> /dev/null
for moment in 02 04 06 08 10 12 14 17 20 23 26 30 34 38 42 46 50 55 60; do
    llmobs ingest -q --db killed.db log.jsonl 2> /dev/null &
    sleep 0.$moment
    kill -9 $! 2> /dev/null
    wait $! 2> /dev/null
    sqlite3 killed.db 'PRAGMA integrity_check' | grep -v '^ok$'
done 2> /dev/null
llmobs ingest -q --db killed.db log.jsonl 2> /dev/null
"$TESTDATA/dump.sh" whole.db > whole.txt
"$TESTDATA/dump.sh" killed.db > killed.txt
cmp whole.txt killed.txt
sqlite3 killed.db 'SELECT count(*) FROM v_calls; SELECT count(*) FROM v_quarantine'
