# Baselines of three databases become one history by when they were blessed, whatever the order of merging
# and however often; the newest of a name, and it alone, has results. So do prices that somebody removed.
run() { # PASSED
    awk -v p="$1" 'BEGIN { for (i = 1; i <= 20; i++) printf "{\"item_id\":\"c%d\",\"passed\":%s}\n", i, i <= p ? "true" : "false" }' > run.jsonl
}
bless() { # DB NAME MINUTE PASSED
    run "$4"
    SOURCE_DATE_EPOCH=$((1795258200 + 60 * $3)) llmobs --db "$1.db" gate -q --candidate run.jsonl --bless "$2" --commit "c$3$4"
}
bless a main 1 11; bless a main 4 14; bless a own 1 19
bless b main 2 12; bless b main 6 16
bless c main 3 13; bless c main 5 15
cp a.db d.db; bless d main 7 17 # a copy that went on
bless b tie 1 10; bless c tie 1 9 # at one moment
prices() { # DB MODEL PRICE REMOVED
    llmobs --db "$1.db" price add "$2" --in "$3" --out "$3" > removed
    [ -z "$4" ] || llmobs --db "$1.db" price remove "$2" > removed
}
prices a old 1 yes; prices a old 2; prices b old 3 yes; prices c gone 4 yes
says() {
    sqlite3 "$1" "SELECT name, strftime('%H:%M', blessed_us / 1000000, 'unixepoch'), commit_id, source, cases,
        (SELECT group_concat(name || ' ' || cases || ' ' || mean) FROM baseline_metric AS m WHERE m.baseline_id = b.baseline_id),
        (SELECT count(*) || ' ' || sum(sum) FROM baseline_result AS r WHERE r.baseline_id = b.baseline_id)
        FROM baseline AS b ORDER BY name, blessed_us, commit_id;
        SELECT model, input / 1e9, active FROM price WHERE origin = 'user' ORDER BY model, input"
}
for order in "a b c d" "d c b a" "c a d b" "b d a c d b"; do
    rm -f all.db
    for db in $order; do llmobs --db all.db db merge -q $db.db; done
    says all.db > "$(echo all $order | tr -d ' ')"
    llmobs --db all.db gate history main > history
done
cat allabcd
for other in alldcba allcadb allbdacdb; do cmp allabcd $other; done
cut -c 1-60 history
echo "-- all at once, and into one that has its own"
rm -f all.db; llmobs --db all.db db merge a.db b.db c.db d.db -f csv | cut -d, -f 1,11-
says all.db | cmp - allabcd
llmobs --db d.db db merge -q b.db a.db c.db; says d.db | cmp - allabcd
run 17; llmobs --db d.db gate --baseline main --candidate run.jsonl -f json | jq -c .baseline
