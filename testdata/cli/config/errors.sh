# What is wrong with a file, and where; also what a project's file may not say.
exec 2>&1
file=.llmobs.json
try() {
    printf '%s' "$1" > $file
    llmobs report > said 2>&1; code=$?
    sed 's/\($schema, db\), .*/\1 .../' said
    echo "exit $code"
}
try '{"limit": 5'
try '{"limit": 5,
  "limit": 6}'
try '{"limit": "five"}'
try '{"fromat": "json"}'
try '[]'
try '{"format": "jsom"}'
try '{"prices": [{"model": "m", "input_per_mtok": 0.1234567891}]}'
try '{"budgets": [{"by": "teem", "max": 1, "period": "day"}]}'
try '{"db": "elsewhere.db"}'
try '{"output": "/etc/passwd"}'
try '{"on_alert": "rm -rf /"}'
try '{"exit_code": 256}'
echo "--- nothing of it matters to these"
for command in version "help report" "report -h" "completion bash" "config path" "config schema"; do
    llmobs $command > /dev/null || echo "$command fails"
done
llmobs report --no-config
echo "--- check"
llmobs config check; echo "exit $?"
rm $file
llmobs config check; echo "exit $?"
echo '{"db": "x.db", "prices": [{"model": "m", "input_per_mtok": 1, "match": "("}]}' > some.json
llmobs config check some.json; echo "exit $?"
llmobs config show --config some.json > /dev/null; echo "exit $?"
echo '{"db": "x.db"}' > some.json
llmobs config check some.json; echo "exit $?"
llmobs config check -q some.json; echo "exit $?"
cp some.json $file
llmobs config check $file; echo "exit $?"
llmobs report --config $file; echo "exit $?" # named, it may
rm $file
llmobs config check none.json; echo "exit $?"
llmobs report --config none.json; echo "exit $?"
llmobs report --config /; echo "exit $?"
head -c 1048577 /dev/zero > big.json
llmobs report --config big.json; echo "exit $?"
echo "--- usage"
llmobs config shwo; echo "exit $?"
llmobs config frobnicate; echo "exit $?"
llmobs config show x; echo "exit $?"
llmobs config get; echo "exit $?"
llmobs config get /~2; echo "exit $?"
llmobs config check a b; echo "exit $?"
