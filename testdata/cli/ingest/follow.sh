# --follow goes on with growth and rotation until a signal; everything is committed then.
workload 8 > whole.jsonl
head -n 3 whole.jsonl > app.log
printf '{"torn' > map
llmobs ingest --follow --audit-map map app.log app.log.1 > said.txt 2> /dev/null &
wait_for() { # N calls are in
    for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
        [ "$(sqlite3 llmobs.db 'SELECT count(*) FROM v_calls' 2> /dev/null)" = "$1" ] && return
        sleep 0.5
    done
    echo "never came to $1 calls"
}
wait_for 3
sed -n 4,5p whole.jsonl >> app.log
wait_for 5
mv app.log app.log.1
sed -n 6,8p whole.jsonl > app.log
wait_for 8
kill -TERM $!
wait $!
echo "exit $?"
grep -c . said.txt
sqlite3 llmobs.db 'SELECT count(*), count(DISTINCT identity) FROM v_calls'
echo "-- the map: behind what was there, each call once"
head -n 1 map
sed 1d map | jq -r .identity | sort -u | wc -l
sed 1d map | wc -l
