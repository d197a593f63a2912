# Several limits at once, from configuration files: for each group, for one, for all calls, in three
# units. --max asks for one of its own instead.
exec 2>&1
cat > .llmobs.json <<'END'
{"budgets": [
  {"name": "all",          "max": 20,              "period": "month"},
  {"name": "features",     "max": "8.5",           "period": "month", "by": "feature", "warn_at": 60},
  {"name": "ann's tokens", "max": 700,             "period": "week",  "by": "user", "match": "ann", "unit": "tokens"},
  {"name": "dave",         "max": 1,               "period": "30d",   "by": ["user", "feature"], "match": ["dave", "x"]},
  {                        "max": 2,               "period": "24h",   "unit": "calls", "where": "status!=error"}
]}
END
call() { echo "{\"timestamp\":\"$1\",\"feature\":\"$2\",\"user_id\":\"$3\",\"model\":\"m\",\"request_id\":\"$1\",\"input_tokens\":$4,\"output_tokens\":10,\"cost_usd\":$5}"; }
{
    call 2026-11-10T08:00:00Z support bob 200 2.5
    call 2026-11-15T12:00:00Z search ann 400 6
    call 2026-11-20T09:30:00Z support ann 300 7.5
    call 2026-11-20T23:59:59Z search cid 500 0.5
    call 2026-11-21T01:00:00Z search ann 390 0.25
    call 2026-11-21T02:00:00Z search ann 1 0
} > log.jsonl
llmobs ingest -q log.jsonl
show() { llmobs budget "$@"; echo "exit $?"; }
show
show --warn-at 95 --where user=ann -q
show --max 100
show --no-config
show --by user
llmobs budget -f json | jq -c '.by, .coverage, (.rows[] | [.rule, .group, .state, .value, .threshold, .unit, .period, .user, .feature])'
show --since 2026-11-15 -q
refused() { echo "{\"budgets\":[$1]}" > .llmobs.json; show; }
refused '{"max": 1, "period": "month", "by": "day"}'
refused '{"max": 1, "period": "month"}, {"max": 1, "period": "month", "where": "cost>"}'
refused '{"max": -1, "period": "month"}'
echo '{}' > .llmobs.json
show
