# An invoice against the log: one day matches though its model is spelled otherwise, one differs, one is on
# one side only. By hand: 1000 * 3 + 100 * 15 = 4500 micro-dollars a call.
cat > log.jsonl <<'LOG'
{"model":"claude-sonnet-4-5-20250929","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-01T08:00:00Z"}
{"model":"claude-sonnet-4-5","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-01T09:00:00Z"}
{"model":"claude-sonnet-4-5","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-02T09:00:00Z"}
{"model":"gpt-4o","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-02T09:00:00Z"}
LOG
cat > invoice.csv <<'CSV'
Day,Model,Amount
2026-03-01,claude-sonnet-4-5,$0.009
2026-03-02,anthropic/claude-sonnet-4-5,0.006
2026-03-03,claude-sonnet-4-5,"1,000.5"
CSV
llmobs price reconcile invoice.csv log.jsonl
echo "exit $?"
llmobs price reconcile invoice.csv log.jsonl --by model -f csv
echo "exit $?"
llmobs price reconcile invoice.csv log.jsonl --where model='claude*' --until 2026-03-01 --exit-zero -f csv --tolerance 0
printf 'day,model,cost\n2026-03-01,claude-sonnet-4-5,0.0091\n' > close.csv
llmobs price reconcile close.csv log.jsonl --until 2026-03-01 --tolerance 2% -q
echo "exit $?"
printf 'day,model\n2026-03-01,gpt-4o\n' > no-amount.csv
printf 'day,cost\n2026-03-01,1\n' > no-model.csv
printf 'day,model,cost\n2026-03-01,gpt-4o,one\n' > no-number.csv
: > empty.csv
printf 'day,model,cost\n25.10.2026,gpt-4o,500\n' > no-day.csv
printf 'day,model,cost\n2026-03-01,gpt-4o,"30,00"\n' > comma.csv
printf 'day,model,cost\n2026-03-01,gpt-4o,"1.234,50"\n' > point.csv
for f in no-amount.csv no-model.csv no-number.csv empty.csv missing.csv no-day.csv comma.csv point.csv; do
    llmobs price reconcile $f log.jsonl
    echo "exit $?"
done
llmobs price reconcile invoice.csv log.jsonl --tolerance 101%
llmobs price reconcile
# Nothing of who-knows has a cost: that is not zero.
echo '{"model":"who-knows","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-01T08:00:00Z"}' > more.jsonl
printf 'day,model,cost\n2026-03-01,who-knows,3\n' > who.csv
llmobs price reconcile who.csv more.jsonl -f csv
