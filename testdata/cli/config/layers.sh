# Which value is in force: flag, variable, --config, project, own file; and what says so.
exec 2>&1
mkdir -p .git deep/er .config/llmobs
echo '{"limit": 1, "tz": "UTC", "no_cost": true, "by": ["feature", "model"],
 "prices": [{"model": "m", "input_per_mtok": 1}], "aliases": {"a/b": "m"},
 "budgets": [{"name": "all", "max": 500, "period": "month"}]}' > .config/llmobs/config.json
echo '{"limit": 2, "format": "csv", "success": "status=ok", "aliases": {"a/b": "n", "c": "m"},
 "prices": [{"provider": "p", "discount": 0.15}],
 "budgets": [{"name": "all", "max": 5, "period": "day"}]}' > .llmobs.json
echo '{"limit": 3}' > given.json
cd deep/er
short() { sed "s#$HOME#~#"; }
llmobs config path -f csv | short
llmobs config show --origin -f csv | grep -v built-in | short
echo "--- who wins"
llmobs config get limit
llmobs config get limit --config ../../given.json
LLMOBS_CONFIG=../../given.json llmobs config get limit
LLMOBS_CONFIG=../../given.json llmobs config get limit --no-config; echo "exit $?"
LLMOBS_LIMIT=4 llmobs config get limit --config ../../given.json
llmobs config get limit --no-config; echo "exit $?"
llmobs config get no-cost
llmobs config get by
llmobs config get /aliases/a~1b
llmobs config get /budgets/0/max
llmobs config get success
llmobs config get color; echo "exit $?"
echo "--- in a report"
echo '{"model":"m","input_tokens":1,"output_tokens":2,"feature":"f","timestamp":"2026-11-20T08:00:00Z","latency_ms":5}
{"model":"n","input_tokens":1,"output_tokens":2,"feature":"g","timestamp":"2026-11-20T08:00:00Z","latency_ms":5}' > log.jsonl
llmobs report usage log.jsonl
llmobs report usage log.jsonl --all --by model -f jsonl --columns calls
llmobs report usage log.jsonl --no-config --columns calls
echo '{"all": true, "wide": true}' > ../../.llmobs.json
llmobs report log.jsonl -f csv --by model --columns calls --limit 1 # not undone by the file's all
