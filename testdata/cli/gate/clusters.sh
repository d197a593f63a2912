# Cases that belong together are not independent. By hand: 4 documents with 2 cases each, d = -1 -1, 0 0,
# 0 0, +1 +1: mean 0; sums by document -2, 0, 0, +2, squares 8; se^2 = 4/3 * 8 / 64, se 0.4082. Each
# alone: squares 4, se^2 = 8/7 * 4 / 64, se 0.2673. Topics of 3: sums -2, 0, +2: se^2 = 3/2 * 8 / 64,
# se 0.4330.
rows() { # FILE VALUES...
    file=$1 i=0
    shift
    for v in "$@"; do
        i=$((i + 1))
        echo "{\"item_id\":\"q$i\",\"document_id\":\"d$(((i + 1) / 2))\",\"topic\":\"t$(((i + 2) / 3))\",\"passed\":$v}"
    done > "$file"
}
rows a.jsonl true true true true false false false false
rows b.jsonl false false true true false false true true
show() { llmobs gate --baseline a.jsonl --candidate b.jsonl -f json "$@" | jq -c '.rows[0] | [.clusters, .difference, .se, .test, .p_mcnemar]'; }
show
show --cluster none
show --cluster topic
show --cluster nowhere
llmobs gate --baseline a.jsonl --candidate b.jsonl
echo "-- one cluster says nothing"
sed 's/"d[0-9]"/"d1"/' a.jsonl > one.jsonl
llmobs gate --baseline one.jsonl --candidate b.jsonl
