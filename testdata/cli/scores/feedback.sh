# What users said, by what it was said about: 2 of 10 against 6 of 10 down, one of these escalated.
i=0
while [ $i -lt 20 ]; do
    echo '{"timestamp":"2026-03-05T10:00:'$((i + 10))'Z","request_id":"r'$i'","model":"m","latency_ms":5,"prompt_version":"v'$((i / 10))'","temperature":0.'$((i % 2))',"session_id":"s'$((i / 5))'"}'
    thumb=up; case $i in 1|2|11|12|13|14|15) thumb=down;; esac
    [ $i != 16 ] && echo '{"request_id":"r'$i'","feedback":"'$thumb'"}' >> feedback.jsonl
    i=$((i + 1))
done > calls.jsonl
echo '{"request_id":"r16","escalated":true,"comment":"I want to speak to a human"}' >> feedback.jsonl
echo '{"request_id":"r17","feedback":"what?"}' >> feedback.jsonl
llmobs ingest -q calls.jsonl feedback.jsonl
llmobs report feedback --by prompt_version
echo '--- by hand: 2/10 down, 6/10 down; lift 3; Wilson of 6 in 10 is 0.3127 .. 0.8318; Fisher 0.1698'
llmobs report feedback --by prompt_version -f json |
    jq -r '.rows[] | [.prompt_version, .feedback_positive_rate_n, .feedback_negative_rate, .feedback_negative_rate_low, .feedback_negative_rate_high, .feedback_lift, .feedback_p] | map(if type == "number" then . * 1e4 | round / 1e4 else . end) | @tsv'
echo '--- by version and model setting'
llmobs report feedback --by prompt_version,meta.temperature --columns calls,down,n,lift
echo '--- of sessions: one thumb is for every row that has calls of the session, and once in the total'
echo '{"session_id":"s0","feedback":"down"}' > session.jsonl
llmobs ingest -q session.jsonl
llmobs report feedback --by meta.temperature --columns calls,down,n
grep -c "speak to a human" llmobs.db
true
