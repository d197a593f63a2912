# Scores against those of the day before, by hand. Before: "a" .9 .7, hallucinated 1 of 2; "b" .5. Now: "a" .6 .4 .2,
# hallucinated 2 of 3 (at .5 it is not yet); "c" .8, one that nobody judged; "b" is gone. Means: a .8 -> .4 (-.4),
# b .5 -> none; all .7 -> .5 (-.2); rates: a .5 -> .667 (+16.7 pt).
line() { echo "{\"timestamp\":\"2026-11-$1T10:0$2:00Z\",\"request_id\":\"r$1$2\",\"model\":\"m\",\"feature\":\"$3\"$4,\"tokens\":{\"input\":1,\"output\":1}}"; }
{
    line 14 1 a ',"quality_score":0.9,"hallucination_score":0.9'
    line 14 2 a ',"quality_score":0.7,"hallucination_score":0.1'
    line 14 3 b ',"quality_score":0.5'
    line 15 1 a ',"quality_score":0.6,"hallucination_score":0.9'
    line 15 2 a ',"quality_score":0.4,"hallucination_score":0.6'
    line 15 3 a ',"quality_score":0.2,"hallucination_score":0.5'
    line 15 4 c ',"quality_score":0.8'
    line 15 5 c ''
} >log.jsonl
llmobs ingest -q log.jsonl
day="--since 2026-11-15 --until 2026-11-15 --vs previous"
llmobs report quality --by feature $day --columns calls,quality_mean,quality_n,hallucination_rate
llmobs report quality --by feature $day --columns quality_mean_previous,quality_mean_change -f csv --sort quality_mean_change
llmobs report quality --by feature $day -f jsonl | jq -c '[.feature, .quality_mean, .quality_mean_previous, .quality_mean_change, .quality_n_previous, .hallucination_rate_change]'
llmobs report quality --by hour $day --limit 1 --columns hour,quality_mean,quality_mean_change
llmobs report quality $day --columns quality_mean,quality_mean_change_rate
