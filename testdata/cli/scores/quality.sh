# Figures of scores against a few lines of awk: means, rates with n, weights, refusals, agreement.
i=0
while [ $i -lt 40 ]; do
    feature=search; [ $((i % 2)) = 0 ] && feature=support
    reason=stop; [ $((i % 10)) = 0 ] && reason=refusal
    echo '{"timestamp":"2026-03-05T10:00:'$((i + 10))'Z","request_id":"r'$i'","model":"m","feature":"'$feature'","prompt":"p","prompt_version":"v'$((i / 20))'","temperature":0.'$((i % 2))',"finish_reason":"'$reason'","cost_usd":0.01,"session_id":"s'$((i / 4))'"}'
    i=$((i + 1))
done > calls.jsonl
i=0
while [ $i -lt 40 ]; do # every fourth call by a judge, every eighth by a person as well
    q=$((i * 37 % 100)); r=$((100 - q))
    echo '{"request_id":"r'$i'","quality":'$q'e-2,"hallucination":'$r'e-2,"relevance":0.75,"toxicity":0,"json_valid":'$([ $q -ge 30 ] && echo true || echo false)',"judge_model":"j"}'
    [ $((i % 8)) = 0 ] && echo '{"request_id":"r'$i'","quality":'$((q * 9 / 10))'e-2,"source":"human"}'
    i=$((i + 4))
done > judge.jsonl
echo '{"request_id":"r1","metric":"quality","score":"illegible"}' >> judge.jsonl
echo '{"request_id":"r2","metric":"quality","score":7}' >> judge.jsonl
llmobs ingest -q calls.jsonl judge.jsonl
echo '--- by version, as people see it'
llmobs report quality --by prompt_version
echo '--- and against awk: mean of what judges and people say on a call, its n, hallucinated ones'
llmobs report quality -f json | jq -r '.rows[0] | "\(.quality_mean * 1e9 | round) \(.quality_n) \(.hallucination_rate) \(.hallucination_rate_n) \(.format_compliance_rate) \(.quality_unreadable)"' > got
awk 'BEGIN { for (i = 0; i < 40; i += 4) { q = i * 37 % 100; v = q / 100; if (i % 8 == 0) v = (v + int(q * 9 / 10) / 100) / 2
        sum += v; n++; bad += (100 - q) / 100 > 0.5; good += q >= 30 }
    printf "%.0f %d %g %d %g %d\n", sum / n * 1e9, n, bad / n, n, good / n, 2 }' > want
cmp got want && cat got
echo '--- the overview has them, too'
llmobs report --by feature -f json | jq -c '.rows[] | {feature, quality_mean, quality_n, hallucination_rate, hallucination_rate_n, refusal_rate, refusal_rate_n, format_compliance_rate, format_compliance_rate_n}'
llmobs report calls.jsonl | head -3
echo '--- sampled: 2 calls that triggered a guardrail, all judged and bad; 2 of 38 others, both good'
cat > weighted.jsonl <<'END'
{"request_id":"r0","refusal":1,"sample_rate":1,"stratum":"guardrail"}
{"request_id":"r1","refusal":1,"sample_rate":1,"stratum":"guardrail"}
{"request_id":"r2","refusal":0,"weight":19,"stratum":"other"}
{"request_id":"r3","refusal":0,"weight":19,"stratum":"other"}
END
llmobs ingest -q weighted.jsonl
llmobs report quality --columns calls,refusal_rate,refusal_rate_n,refusal_rate_low,refusal_rate_high
