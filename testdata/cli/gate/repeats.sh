# Repeats of a case are averaged first, and then there is no McNemar. Means by hand: case a 3 of 4 and
# 1 of 4, b 4 and 4, c 2 and 3 of 4: differences -0.5, 0, +0.25, mean -0.0833, sd 0.3819, se 0.2205.
tries() { # CASE PASSES
    for i in 1 2 3 4; do
        echo "{\"item_id\":\"$1\",\"trial\":$i,\"passed\":$([ $i -le "$2" ] && echo true || echo false)}"
    done
}
{ tries a 3; tries b 4; tries c 2; } > a.jsonl
{ tries a 1; tries b 4; tries c 3; } > b.jsonl
show() { llmobs gate --baseline a.jsonl --candidate b.jsonl "$@" 2>&1; echo "exit $?"; }
show
llmobs gate --baseline a.jsonl --candidate b.jsonl -f json |
    jq -c '.rows[0] | .n_pairs, .difference, .se, .p_mcnemar, .repeats_max, .test, .worse, .better'
for rule in '>=1/4' '>=2/4' '>=0.5' '>=50%' '>=3/4' '>=0.7500001'; do
    show -q --per-case "$rule" | grep -e per-case -e exit
    llmobs gate --baseline a.jsonl --candidate b.jsonl --per-case "$rule" | tail -1
done
llmobs gate --baseline a.jsonl --candidate b.jsonl --per-case '>=3/4' -f json | jq -c .limits
