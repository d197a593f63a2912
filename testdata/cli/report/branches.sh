# What the workflow decided and why (S004-07, -25 to -27, -29, -58, -90, -91), whether that has changed
# (S004-109), and what another threshold would do (S004-116). Wanted values by
#   jq -r '[.timestamp[:10], .from_node, .to_node] | join(" ")' s004-branches.jsonl | sort | uniq -c
# 18th: generate_response 17 + 2 (human_review), 19th: 11 + 8: chi-square of the table
# 38*(2*11-17*8)^2/(19*19*10*28) = 4.886, p = erfc(sqrt(4.886/2)) = 0.0271. Confidence below 0.6: 3 of
# 38. A request costs $0.0026098 without a person and $0.0032465 with one, in the mean (calls' cost_usd
# of the requests that took the branch): (3 * 0.0032465 + 35 * 0.0026098) / 38 = $0.00266.
cp "$TESTDATA"/cli/report/data/s004-*.jsonl .
llmobs ingest -q s004-*.jsonl
llmobs report branches
llmobs report branches --by prompt_version --columns decisions,review_rate,review_rate_n -q
llmobs report branches --since 2026-11-19 --until 2026-11-19 --vs previous --wide
llmobs report branches --where 'context.confidence<0.7' --where day=2026-11-18 --by branch,condition -f csv --columns decisions,fulfilled_rate
llmobs report branches --whatif 'confidence<0.6' --by branch --columns decisions
llmobs report branches --whatif 'confidence<0.6' -f json | grep -o '"whatif[^}]*'
llmobs report branches --by day --chart --columns review_rate -q
