# Templates with many, few and no scores: one bad call does not make a template the worst, and one that
# nobody judged is not bad.
# call TEMPLATE NAME VERSION N ERRORS LATENCY COST: N calls of a template
call() {
    i=0
    while [ $i -lt "$4" ]; do
        status=ok; [ $i -lt "$5" ] && status=error
        echo '{"timestamp":"2026-03-05T10:00:00Z","request_id":"'$1$3-$i'","model":"m","template_hash":"'$1'","prompt":"the text itself","prompt_name":"'$2'","prompt_version":"'$3'","status":"'$status'","latency_ms":'$6',"cost_usd":'$7'}'
        i=$((i + 1))
    done
}
# score TEMPLATE VERSION VALUE...: one for each of the first calls
score() {
    template=$1$2 i=0
    shift 2
    for value; do
        echo '{"request_id":"'$template-$i'","quality":'$value'}'
        i=$((i + 1))
    done
}
{
    call a91f03c2 refund v6 40 0 900 0.02
    call a91f03c2 refund v7 40 2 900 0.04
    call 03be77d1 classify v2 200 1 100 0.001
    call 11111111 greet v1 6 0 100 0.001
    call 22222222 silent v1 9 9 100 0.001
    echo '{"timestamp":"2026-03-05T11:00:00Z","model":"m","latency_ms":5}'
} > calls.jsonl
{
    score a91f03c2 v6 0.8 0.9 0.7 0.8 0.9 0.8 0.7 0.8
    score a91f03c2 v7 0.5 0.6 0.4 0.5 0.6 0.5 0.4 0.5
    score 03be77d1 v2 0.7 0.75 0.8 0.7 0.75 0.8
    score 11111111 v1 0.1
} > scores.jsonl
llmobs ingest -q calls.jsonl scores.jsonl
llmobs prompts
echo '--- worst'
llmobs prompts --worst
echo '--- the same by awk: DerSimonian and Laird over the four templates that have scores'
awk 'BEGIN { split("0.8 0.9 0.7 0.8 0.9 0.8 0.7 0.8|0.5 0.6 0.4 0.5 0.6 0.5 0.4 0.5|0.7 0.75 0.8 0.7 0.75 0.8|0.1", g, "|")
    for (i = 1; i <= 4; i++) { n[i] = split(g[i], x, " "); s = 0; for (k = 1; k <= n[i]; k++) s += x[k]
        m[i] = s / n[i]; for (k = 1; k <= n[i]; k++) ss += (x[k] - m[i]) ^ 2; df += n[i] - 1 }
    v = ss / df
    for (i = 1; i <= 4; i++) { w = n[i] / v; sw += w; sww += w * w; swm += w * m[i] }
    for (i = 1; i <= 4; i++) q += n[i] / v * (m[i] - swm / sw) ^ 2
    t = (q - 3) / (sw - sww / sw)
    for (i = 1; i <= 4; i++) { w = 1 / (v / n[i] + t); a += w; b += w * m[i] }
    for (i = 1; i <= 4; i++) printf "%.9f\n", (t * m[i] + v / n[i] * b / a) / (t + v / n[i]) }' | sort > want
llmobs prompts --worst --all -f json | jq -r '.rows[].quality_shrunk | select(.) | . * 1e9 | round / 1e9' |
    xargs printf '%.9f\n' | sort > got
cmp got want && cat got
echo '--- with those that have few scores or none behind, never first'
llmobs prompts --worst --all --columns template,prompt_version,quality,shrunk,quality_n
echo '--- other ways to be worst'
llmobs prompts --rank bound --columns template,prompt_version,quality,quality_high
llmobs prompts --rank errors --columns template,prompt_version,calls,error_rate,error_rate_shrunk,differs
llmobs prompts --rank latency --limit 2 --columns template,prompt_version,p95
llmobs prompts --rank cost --columns template,prompt_version,calls,cost/call,excess
echo '--- one prompt, its versions side by side; by hash, by the beginning of it, by name'
llmobs prompts a91f03c2 > hash; llmobs prompts a91f > prefix; llmobs prompts refund > name
cat hash; cmp hash prefix; cmp hash name
echo '--- names alone'
llmobs prompts --by name --columns prompt,calls,quality
echo '--- straight from files, and for machines'
llmobs prompts --worst calls.jsonl scores.jsonl -f csv | cut -d, -f 1-9
llmobs prompts --worst -f json | jq -c '.verb, .coverage.few, .coverage.none, .coverage.calls_without_prompt, (.rows[] | [.template, .quality_shrunk, .p_adjusted])'
echo '--- mistakes'
for bad in nothing '1 --worst' '--rank nonsense' '--rank cost --no-cost' '--min-scores 0'; do
    llmobs prompts $bad 2>&1 && echo 'no error'
done
true
