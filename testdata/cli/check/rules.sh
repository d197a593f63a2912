# Each rule of each set fires and stays quiet, at its boundary. A line: the set, the rule, what is in
# the log, what the rule says. Figures worked by hand from what calls.awk is told to make.
exec 2>&1
LOG=log.jsonl CONFIG=--no-config
calls() { set -- "$@"; for a; do shift; set -- "$@" -v "$a"; done; awk -f "$TESTDATA/cli/check/calls.awk" "$@"; }
# say SET RULE TITLE: judges log.jsonl
say() {
    printf '%-8s %-22s %-34s ' "$1" "$2" "$3"
    llmobs check --rules "$1" $CONFIG -f json --exit-zero $LOG | jq -r --arg rule "$2" '
        .rows[] | select(.rule == $rule) | [.state, .severity, .value, .threshold, .n, .group, .reason] |
        map(if . == null then "-" elif type == "number" then (. * 1e6 | round / 1e6) else . end) | join(" ")'
}

# ---- s000: p95 worse by more than 20 %, with enough calls that it is no chance; 2 sigma
quiet() { calls from=691200 n=840 every=720 id=a latency="$1"; }
{ quiet 1000; calls from=86000 n=800 every=100 id=b latency=1201; } >log.jsonl; say s000 latency_regression "p95 1.201 s after 1 s"
{ quiet 1000; calls from=86000 n=800 every=100 id=b latency=1200; } >log.jsonl; say s000 latency_regression "p95 1.200 s after 1 s"
{ quiet 1000; calls from=86000 n=29 every=100 id=b latency=3000; } >log.jsonl; say s000 latency_regression "3 s, but only 29 calls"
say s000 context_window "a model that nobody knows"
# gpt-4o reads 128,000 tokens, 80 % of which are 102,400
calls from=800 n=20 every=10 model=gpt-4o input=102400 >log.jsonl; say s000 context_window "102,400 of 128,000 tokens"
calls from=800 n=20 every=10 model=gpt-4o input=102399 >log.jsonl; say s000 context_window "102,399 of 128,000 tokens"
calls from=800 n=19 every=10 model=gpt-4o input=128000 >log.jsonl; say s000 context_window "all of it, but only 19 calls"
echo '{"prices": [{"model": "own", "input_per_mtok": 0, "output_per_mtok": 0, "context_window": 8192}]}' >context.json
CONFIG="--config context.json"
calls from=800 n=20 every=10 model=own input=6554 >log.jsonl; say s000 context_window "6,554 of 8,192 in a configuration"
calls from=800 n=20 every=10 model=own input=6553 >log.jsonl; say s000 context_window "6,553 of 8,192 in a configuration"
CONFIG=--no-config
calls from=800 n=20 every=10 >log.jsonl
say s000 pii_exposure "no texts"; say s000 injection_spike "no texts"
calls from=1800 n=3 every=60 leak=3 >log.jsonl; say s000 pii_exposure "1 answer of 3"; say default pii_exposure "1 answer of 3"
calls from=1800 n=3 every=60 leak=4 >log.jsonl; say s000 pii_exposure "none of 3"; say default pii_exposure "none of 3"
# 28 hours of 30 calls with one injection each, then an hour with k of 30
attacks() { calls from=104400 n=840 every=120 id=a inject=30; calls from=3500 n=30 every=60 id=b inject="$1"; }
attacks 3 >log.jsonl; say s000 injection_spike "10 of 30 after 1 of 30"
attacks 15 >log.jsonl; say s000 injection_spike "2 of 30 after 1 of 30"
days() { for d in 2 3 4 5; do calls "from=$((d * 86400))" n=100 every=100 "id=d$d" "$1=$((d % 2 ? 10 : 20))"; done; }
# days of 10, 5, 10 and 5 %: mean 7.5 %, sd 2.886751 %, limit 13.273503 %
{ days judged; calls from=86400 n=98 every=100 id=t judged=7; } >log.jsonl; say s000 hallucination_2sigma "14 of 98 after 5 to 10 %"
{ days judged; calls from=86400 n=99 every=100 id=t judged=8; } >log.jsonl; say s000 hallucination_2sigma "13 of 99 after 5 to 10 %"
{ days refused; calls from=86400 n=98 every=100 id=t refused=7; } >log.jsonl; say s000 refusal_2sigma "14 of 98 after 5 to 10 %"; say s000 regression "one of them"
{ days refused; calls from=86400 n=99 every=100 id=t refused=8; } >log.jsonl; say s000 refusal_2sigma "13 of 99 after 5 to 10 %"; say s000 regression "none of them"
say s000 feedback_drop "no feedback"
# days of 90, 95, 90 and 95 % thumbs up: mean 92.5 %, sd 2.886751 %, limit 86.726497 %
{ days thumbs; calls from=86400 n=98 every=100 id=t thumbs=7; } >log.jsonl; say s000 feedback_drop "84 of 98 after 90 to 95 %"
{ days thumbs; calls from=86400 n=99 every=100 id=t thumbs=8; } >log.jsonl; say s000 feedback_drop "86 of 99 after 90 to 95 %"

# ---- s001
# 7 days of a cent each minute are $0.60/h, twice that is $1.20/h: 10 cents in 5 minutes
week() { calls from=604800 n=10075 every=60 id=w; }
{ week; calls from=300 n=20 every=15 id=b cost=0.005001; } >log.jsonl; say s001 cost_spike "\$1.20024/h after \$0.60/h"
{ week; calls from=300 n=20 every=15 id=b cost=0.005; } >log.jsonl; say s001 cost_spike "\$1.20/h after \$0.60/h"
{ week; calls from=300 n=19 every=15 id=b cost=1; } >log.jsonl; say s001 cost_spike "19 calls"
{ calls from=80000 n=100 every=700 id=w; calls from=300 n=20 every=15 id=b cost=1; } >log.jsonl; say s001 cost_spike "22.1 h of history"
calls from=900 n=11 every=81 id=g guard=1 >log.jsonl; say s001 guardrail_surge "11 in 15 minutes"
calls from=900 n=10 every=90 id=g guard=1 >log.jsonl; say s001 guardrail_surge "10 in 15 minutes"
calls from=300 n=20 every=15 latency=10001 >log.jsonl; say s001 latency_degradation "p95 10.001 s"
calls from=300 n=20 every=15 latency=10000 >log.jsonl; say s001 latency_degradation "p95 10 s"
calls from=300 n=19 every=15 latency=90000 >log.jsonl; say s001 latency_degradation "90 s, but only 19 calls"
{ calls from=86400 n=1 every=1 id=a user=ann input=500001; calls from=80000 n=2 every=1 id=b user=bob input=250000; } >log.jsonl; say s001 token_budget_breach "500,001 of ann, 500,000 of bob"
calls from=80000 n=2 every=1 id=b user=bob input=250000 >log.jsonl; say s001 token_budget_breach "500,000 of bob"
silent() { calls from=864000 n=900 every=864 id=w guard=10; calls from=86400 n="$1" every=864 id=t guard="$2"; }
silent 100 -1 >log.jsonl; say s001 guardrail_silence "none of 100 after 10 %"
silent 50 -1 >log.jsonl; say s001 guardrail_silence "none of 50 after 10 %"

# ---- s002: over 10 s for 2 minutes; more than $50 an hour for 5; 5 % errors; quality
calls from=420 n=84 every=5 latency=10001 >log.jsonl; say s002 LLMHighLatency "p95 10.001 s for 2 minutes"
{ calls from=420 n=84 every=5 id=a latency=10000; calls from=60 n=40 every=1 id=b latency=10001; } >log.jsonl; say s002 LLMHighLatency "for a minute"
calls from=420 n=84 every=5 latency=10000 >log.jsonl; say s002 LLMHighLatency "p95 10 s"
calls from=900 n=90 every=10 cost=0.13889 >log.jsonl; say s002 LLMCostSpike "\$50.0004/h for 5 minutes"
calls from=900 n=90 every=10 cost=0.13888 >log.jsonl; say s002 LLMCostSpike "\$49.9968/h"
calls from=300 n=30 every=10 cost=0.2 >log.jsonl; say s002 LLMCostSpike "\$72/h, just begun"
calls from=420 n=84 every=5 bad=15 >log.jsonl; say s002 LLMHighErrorRate "4 of 60"
calls from=420 n=84 every=5 bad=20 >log.jsonl; say s002 LLMHighErrorRate "3 of 60"
calls from=7200 n=720 every=10 quality=0.6999 >log.jsonl; say s002 LLMQualityDrop "0.6999 for 10 minutes"
calls from=7200 n=720 every=10 quality=0.7 >log.jsonl; say s002 LLMQualityDrop "0.7"

# ---- s003
one() { calls from=800 n=20 every=10 "$@"; }
one first=501 latency=2000 >log.jsonl; say s003 ttft_p95 "501 ms"
one first=500 latency=2000 >log.jsonl; say s003 ttft_p95 "500 ms"
one first=50 latency=5001 >log.jsonl; say s003 tpot_p95 "99 tokens in 4.951 s"
one first=50 latency=5000 >log.jsonl; say s003 tpot_p95 "99 tokens in 4.950 s"
calls from=800 n=198 every=4 bad=99 >log.jsonl; say s003 error_rate "2 of 198"
calls from=800 n=200 every=4 bad=100 >log.jsonl; say s003 error_rate "2 of 200"
one bad=1 >log.jsonl; say s003 total_failure "20 of 20"; say s003 composite "one of them: errors"
one bad=2 >log.jsonl; say s003 total_failure "10 of 20"
say s003 throughput "no capacity"; say s003 gpu_utilization "not in any log"
# calls.awk's calls have 100 output tokens: 900 in 15 minutes are 100 a second, 80 % of 125
echo '{"capacity_tps": 125}' >125.json; echo '{"capacity_tps": 126}' >126.json
calls from=900 n=900 every=1 >log.jsonl
CONFIG="--config 126.json"; say s003 throughput "100 of 126 tokens a second"
CONFIG="--config 125.json"; say s003 throughput "100 of 125 tokens a second"
CONFIG=--no-config
echo '{"rules": [{"name": "requests", "metric": "calls", "per": "1m", "capacity": 75, "window": "15m", "value": "80%"}]}' >full.json
calls from=900 n=901 every=0.99 >log.jsonl; say full.json requests "60.07 of 75 requests a minute"
calls from=900 n=900 every=1 >log.jsonl; say full.json requests "60 of 75 requests a minute"
one bad=2 >log.jsonl
one judged=19 >log.jsonl; say s003 hallucination_rate "2 of 20"
one judged=20 >log.jsonl; say s003 hallucination_rate "1 of 20"
one refused=4 id=a >log.jsonl; say s003 refusal_rate "5 of 20"
one refused=5 id=a >log.jsonl; say s003 refusal_rate "4 of 20"
one refused=4 first=501 latency=2000 >log.jsonl; say s003 composite "two of them"
say s003 toxicity "no such score"
scores() { # NAME VALUE [N [ZEROS]]: N calls with a score each, of which ZEROS are 0
    rm -f llmobs.db
    awk -v name="$1" -v value="$2" -v n="${3:-20}" -v zeros="${4:-0}" 'BEGIN { for (i = 0; i < n; i++) {
        printf "{\"timestamp\":%d,\"request_id\":\"s%d\",\"model\":\"m\",\"latency_ms\":1}\n", 1795258200 - 80000 + i, i
        printf "{\"name\":\"%s\",\"value\":%s,\"request_id\":\"s%d\"}\n", name, i < zeros ? 0 : value, i } }' >scores.jsonl
    llmobs ingest -q scores.jsonl
}
stored() { LOG=; say "$@"; LOG=log.jsonl; }
gpu() { # VALUE: what a monitor may write, a minute old
    rm -f llmobs.db
    printf '{"DCGM_FI_PROF_SM_ACTIVE":%s,"gpu":"0","ts":%d}\n' "$1" 1795258140 >gpu.jsonl
    echo '{"record":"score","fields":{"name":{"const":"gpu_utilization"},"value":"/DCGM_FI_PROF_SM_ACTIVE","request_id":"/gpu","at":{"pointer":"/ts","unit":"s"}}}' >gpu.json
    llmobs ingest -q --map gpu.json gpu.jsonl
}
gpu 0.5999; stored s003 gpu_utilization "59.99 % busy"; gpu 0.6; stored s003 gpu_utilization "60 % busy"
gpu 0.9501; stored s003 gpu_utilization "95.01 % busy"; gpu 0.95; stored s003 gpu_utilization "95 % busy"
scores toxicity 0.1001; stored s003 toxicity 0.1001
scores toxicity 0.1; stored s003 toxicity 0.1
scores relevance 0.6999; stored s003 relevance 0.6999
scores relevance 0.7; stored s003 relevance 0.7
scores answer_relevancy 0.6999; stored s003 relevance "0.6999 under another name"
scores json_valid 1 39 2; stored s003 format_compliance "37 of 39"
scores json_valid 1 20 1; stored s003 format_compliance "19 of 20"
scores hallucination 0.1; stored s003 hallucination_rate "0.1: nobody says it happened"

# ---- s004: 23 hours of 500 tokens, $0.10/h, 1 s
past() { calls from=86400 n=230 every=360 id=p version=v1; }
{ past; calls from=3600 n=10 every=360 id=r version=v1 input=651; } >log.jsonl; say s004 token_spike "751 tokens after 500"
{ past; calls from=3600 n=10 every=360 id=r version=v1 input=650; } >log.jsonl; say s004 token_spike "750 tokens after 500"
{ past; calls from=3600 n=10 every=360 id=r version=v2 input=9000; } >log.jsonl; say s004 token_spike "a new version"
{ past; calls from=3600 n=10 every=360 id=r cost=0.0201; } >log.jsonl; say s004 cost_spike "\$0.201/h after \$0.10/h"
{ past; calls from=3600 n=10 every=360 id=r cost=0.02; } >log.jsonl; say s004 cost_spike "\$0.20/h after \$0.10/h"
calls from=3600 n=10 every=360 id=r cost=1 >log.jsonl; say s004 cost_spike "the first hour ever"; say s004 latency_spike "the first hour ever"
{ past; calls from=3600 n=10 every=360 id=r latency=1501; } >log.jsonl; say s004 latency_spike "1.501 s after 1 s"
{ past; calls from=3600 n=10 every=360 id=r latency=1500; } >log.jsonl; say s004 latency_spike "1.500 s after 1 s"
branches() { awk -v from="$1" -v n="$2" -v every="$3" -v yes="$4" -v id="$5" 'BEGIN { for (i = 0; i < n; i++)
    printf "{\"timestamp\":%d,\"request_id\":\"%s%d\",\"from_node\":\"a\",\"to_node\":\"%s\",\"condition\":\"confidence < 0.7\",\"condition_result\":%d}\n",
        1795258200 - from + i * every, id, i, i % 100 < yes ? "human_review" : "final", i % 100 < yes }'; }
{ branches 86400 2300 36 10 p; branches 3600 100 36 31 r; } >log.jsonl; say s004 branch_rate_change "10 % to 31 %"
{ branches 86400 2300 36 10 p; branches 3600 100 36 30 r; } >log.jsonl; say s004 branch_rate_change "10 % to 30 %"
{ branches 86400 2300 36 10 p; branches 3600 100 36 25 r; } >log.jsonl; say s004 branch_rate_change "10 % to 25 %"; say s004 branch_rate_change_rel "10 % to 25 %"
{ branches 86400 2300 36 10 p; branches 3600 100 36 13 r; } >log.jsonl; say s004 branch_rate_change_rel "10 % to 13 %"
tools() { awk -v from="$1" -v n="$2" -v every="$3" -v bad="$4" -v id="$5" 'BEGIN { for (i = 0; i < n; i++)
    printf "{\"timestamp\":%d,\"request_id\":\"%s%d\",\"tool_name\":\"search\",\"inputs\":\"q\",\"output\":\"x\",\"latency_ms\":10,\"status\":\"%s\"}\n",
        1795258200 - from + i * every, id, i, i % bad ? "success" : "error" }'; }
{ tools 86400 2300 36 50 p; tools 3600 100 36 8 r; } >log.jsonl; say s004 tool_failures "13 of 100 after 2 %"
{ tools 86400 2300 36 50 p; tools 3600 100 36 25 r; } >log.jsonl; say s004 tool_failures "4 of 100 after 2 %"
hours() { for h in 2 3 4 5 6 7; do calls "from=$((h * 3600))" n=30 every=100 "id=h$h" "quality=0.$((80 + h % 2 * 2))"; done; }
# hours of 0.80 and 0.82: mean 0.81, sd 0.010954, limit 0.788091
{ hours; calls from=3600 n=30 every=100 id=t quality=0.788; } >log.jsonl; say s004 quality_anomaly "0.788 after 0.81"
{ hours; calls from=3600 n=30 every=100 id=t quality=0.789; } >log.jsonl; say s004 quality_anomaly "0.789 after 0.81"

# ---- default: the last hour after 28 hours of 30 calls with 1 error each
base() { calls from=104400 n=840 every=120 id=p "$@"; }
hour() { calls from=3600 n=30 every=110 id=r "$@"; }
calls from=800 n=20 every=10 bad=1 >log.jsonl; say default total_failure "20 of 20"; say default error_spike "while all fails"
calls from=800 n=20 every=10 bad=2 >log.jsonl; say default total_failure "10 of 20"
{ base bad=30; hour bad=4; } >log.jsonl; say default error_spike "8 of 30 after 1 of 30"
{ base bad=30; hour bad=8; } >log.jsonl; say default error_spike "4 of 30 after 1 of 30"
{ base; hour latency=1300; } >log.jsonl; say default latency_regression "1.3 s after 1 s"; say default pii_exposure "no texts"
{ base; hour latency=1200; } >log.jsonl; say default latency_regression "1.2 s after 1 s"
{ base first=200; hour first=250; } >log.jsonl; say default ttft_regression "250 ms after 200 ms"
{ base first=200; hour first=240; } >log.jsonl; say default ttft_regression "240 ms after 200 ms"
{ base; hour cost=0.02001; } >log.jsonl; say default cost_spike "\$0.6003/h after \$0.30/h"; say default cost_per_call_spike "\$0.02001 after \$0.01"
{ base; hour cost=0.015; } >log.jsonl; say default cost_spike "\$0.45/h after \$0.30/h"; say default cost_per_call_spike "\$0.015 after \$0.01"
{ base version=v1; hour version=v1 input=651; } >log.jsonl; say default token_spike "751 tokens after 500"
{ base version=v1; hour version=v1 input=650; } >log.jsonl; say default token_spike "750 tokens after 500"
fortnight() { for d in 2 3 4 5; do calls "from=$((d * 86400))" n=40 every=100 "id=d$d" "$@"; done; }
scored() { for d in 2 3 4 5; do calls "from=$((d * 86400))" n=40 every=100 "id=d$d" "quality=0.$((80 + d % 2 * 2))"; done; }
# days of 0.80 and 0.82: mean 0.81, sd 0.011547: 3 of them are less than 0.05, limit 0.76
{ scored; calls from=86400 n=40 every=100 id=t quality=0.7599; } >log.jsonl; say default quality_drop "0.7599 after 0.80 to 0.82"
{ scored; calls from=86400 n=40 every=100 id=t quality=0.7601; } >log.jsonl; say default quality_drop "0.7601 after 0.80 to 0.82"
# days of 0.70 and 0.90: mean 0.8, sd 0.11547, limit 0.45359
wide() { for d in 2 3 4 5; do calls "from=$((d * 86400))" n=40 every=100 "id=d$d" "quality=0.$((70 + d % 2 * 20))"; done; }
{ wide; calls from=86400 n=40 every=100 id=t quality=0.453; } >log.jsonl; say default quality_drop "0.453 after 0.7 to 0.9"
{ wide; calls from=86400 n=40 every=100 id=t quality=0.454; } >log.jsonl; say default quality_drop "0.454 after 0.7 to 0.9"
{ fortnight quality=1.0; calls from=86400 n=40 every=100 id=t quality=0.949; } >log.jsonl; say default quality_drop "0.949 after 1 each day"
{ fortnight quality=1.0; calls from=86400 n=40 every=100 id=t quality=0.951; } >log.jsonl; say default quality_drop "0.951 after 1 each day"
# 9 days of 5 and 10 %, 65 of 900: of 60 calls 13 have p 0.00053, 12 p 0.0017 (beta-binomial, summed up
# in Python)
nine() { for d in 2 3 4 5 6 7 8 9 10; do calls "from=$((d * 86400))" n=100 every=100 "id=d$d" "judged=$((d % 2 ? 10 : 20))"; done; }
{ nine; calls from=86400 n=60 every=100 id=t judged=5; } | sed '/"t59"/s/"hallucination":false/"hallucination":true/' >log.jsonl; say default hallucination_spike "13 of 60 after 65 of 900"
{ nine; calls from=86400 n=60 every=100 id=t judged=5; } >log.jsonl; say default hallucination_spike "12 of 60 after 65 of 900"
{ for d in 2 3 4 5 6 7 8 9 10; do calls "from=$((d * 86400))" n=40 every=100 "id=d$d" judged=41; done; calls from=86400 n=40 every=100 id=t judged=1; } | sed '/"[d][0-9]*"/s/"hallucination":true/"hallucination":false/' >log.jsonl; say default hallucination_spike "all of 40 after few"
{ base; hour; } >log.jsonl; say default guardrail_surge "no log tells of any"; say default guardrail_silence "no log tells of any"; say default truncated_answers "no log tells why answers ended"
{ base guard=30; hour guard=4; } >log.jsonl; say default guardrail_surge "8 of 30 after 1 of 30"
{ base guard=30; hour guard=8; } >log.jsonl; say default guardrail_surge "4 of 30 after 1 of 30"
silent 100 -1 >log.jsonl; say default guardrail_silence "none of 100 after 10 %"
silent 50 -1 >log.jsonl; say default guardrail_silence "none of 50 after 10 %"
{ base cut=30; hour cut=4; } >log.jsonl; say default truncated_answers "8 of 30 after 1 of 30"
{ base cut=30; hour cut=8; } >log.jsonl; say default truncated_answers "4 of 30 after 1 of 30"
{ tools 104400 2800 36 50 p; tools 3600 100 36 8 r; } >log.jsonl; say default tool_failures "13 of 100 after 2 %"
{ tools 104400 2800 36 50 p; tools 3600 100 36 25 r; } >log.jsonl; say default tool_failures "4 of 100 after 2 %"
{ branches 104400 2800 36 10 p; branches 3600 100 36 22 r; } >log.jsonl; say default branch_shift "10 % to 22 %"
{ branches 104400 2800 36 10 p; branches 3600 100 36 0 r; } >log.jsonl; say default branch_shift "10 % to 0 %"
{ branches 104400 2800 36 10 p; branches 3600 100 36 15 r; } >log.jsonl; say default branch_shift "10 % to 15 %"
