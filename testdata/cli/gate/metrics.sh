# Several metrics at once. By hand: 5 cases worse and none better is p = 1/32 to one side, below 5 % alone
# and by Holm 1/16 for two such metrics.
awk 'BEGIN { for (i = 1; i <= 40; i++) {
    before = i % 2 ? 0.25 : 0.5; after = i % 2 ? 0.25 : 0.375; facts = (i > 5); style = (i < 36)
    printf "{\"item_id\":\"c%d\",\"scores\":{\"facts\":1,\"style\":1,\"toxicity\":%s,\"length\":%d}}\n", i, before, i > "a.jsonl"
    printf "{\"item_id\":\"c%d\",\"scores\":{\"facts\":%d,\"style\":%d,\"toxicity\":%s,\"length\":%d}}\n", i, facts, style, after, i + i % 3 > "b.jsonl" } }'
show() { llmobs gate --baseline a.jsonl --candidate b.jsonl "$@"; echo "exit $?"; }
show --metric facts
show --metric facts,style
show
show --metric toxicity:higher -q
show --metric length:lower -q
llmobs gate --baseline a.jsonl --candidate b.jsonl --metric facts --metric style,toxicity -f json |
    jq -c '.verdict, (.rows[] | [.metric, .better_is, .p_worse, .p_adjusted, .difference, .verdict])'
