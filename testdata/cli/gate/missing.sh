# Cases that are removed, new, crashed, NaN or there twice. More than 1 % of the baseline's cases
# without a result is a failure: what crashes must not improve the mean.
show() { llmobs gate --baseline a.jsonl --candidate b.jsonl "$@" 2>&1; echo "exit $?"; }
lines() { awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"item_id\":\"c%d\",\"score\":%s}\n", i, i % 4 / 4 }'; }
lines 200 > a.jsonl
echo "-- 2 of 200 gone, 1 new: listed"
{ lines 198; echo '{"item_id":"new","score":1}'; } > b.jsonl
show --margin 2pt
llmobs gate --baseline a.jsonl --candidate b.jsonl -f json | jq -c '.verdict, .only_baseline, .only_candidate, .rows[0].n_pairs'
echo "-- 3 of 200 gone"
lines 197 > b.jsonl
show
show --allow-missing -q
echo "-- crashed: null, NaN, a text, a line that is cut off"
{ lines 196; echo '{"item_id":"c197","score":null}
{"item_id":"c198","score":NaN}
{"item_id":"c199","score":"broken"}
{"item_id":"c200","sco'; } > b.jsonl
show
echo "-- repeats that crashed count in part: of c1 to c3 two of four are left, 1.5 cases; then of c4, too"
{ lines 200; lines 3; for i in 1 2; do lines 3 | sed 's/"score":.*/"score":null}/'; done; } > b.jsonl
show -q
{ for i in 1 2 3; do lines 4 | sed -n 's/"score":.*/"score":null}/; 4p'; done; } >> b.jsonl
show
llmobs gate --baseline a.jsonl --candidate b.jsonl -f json | jq -c '.rows[0] | [.results_without_value, .repeats_max, .test]'
echo "-- a metric that is gone, and one that is new"
sed 's/"score"/"metric":"tone","score"/' a.jsonl > t.jsonl
cat t.jsonl >> a.jsonl
sed 's/"score"/"metric":"style","score"/' t.jsonl | sed 's/"metric":"tone",//' > s.jsonl
{ lines 200; cat s.jsonl; } > b.jsonl
show -q
