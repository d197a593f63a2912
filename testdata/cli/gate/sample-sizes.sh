# The table of the manual: what so many cases can decide when so many of them change between two runs,
# as many for the better as for the worse. By hand: the standard error is sqrt(changed / (n (n - 1))),
# the loss that is seen 4 times of 5 (t_0.95 + 0.842) of it, the cases for a margin (2.487 sd / margin)^2.
printf '%s\n' "cases  changed  loss seen  cases needed for 1 pt, 2 pt, 5 pt"
for n in 50 100 200 500 1000 2000; do
    for percent in 4 10 20; do
        awk -v n=$n -v k=$((n * percent / 100)) 'BEGIN { for (i = 1; i <= n; i++) {
            a = i > n - k / 2 ? 1 : i > n - k ? 0 : i > n / 5; b = i > n - k ? !a : a
            printf "{\"item_id\":\"c%d\",\"passed\":%s}\n", i, a ? "true" : "false" > "a.jsonl"
            printf "{\"item_id\":\"c%d\",\"passed\":%s}\n", i, b ? "true" : "false" > "b.jsonl" } }'
        for margin in 1pt 2pt 5pt; do
            llmobs gate --baseline a.jsonl --candidate b.jsonl --margin $margin -f json
        done | jq -s -r --arg n $n '[$n, "\(.[0].rows[0].worse + .[0].rows[0].better)",
            "\(.[0].rows[0].mde * 1000 | round / 10) pt", (.[] | .rows[0].cases_needed)] | @tsv'
    done
done
