# What a model costs, found by the ids that logs have for it; prices of 2026-08-22 stand in
# schemas/prices.tsv.
llmobs price show claude-sonnet-4-5-20250929 -f json | jq -c '.rows[] | {provider, model, input_usd_per_mtok, tiers}'
llmobs price show o3 -f csv | cut -d, -f1,2,5
llmobs price show eu.anthropic.claude-sonnet-4-5-20250929-v1:0 -f json | jq -r '.rows[0].input_usd_per_mtok'
llmobs price show --provider azure gpt-4o -f json | jq -r '.rows[0].provider'
llmobs price list deep-research
llmobs price list -q --provider perplexity sonar-pro-search
llmobs price show gpt-4o-2031-01-01
echo "exit $?"
llmobs price list nothing-like-it
echo "exit $?"
