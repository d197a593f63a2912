# set changes one value of the own file, keeps the others as they are written, and never writes what
# would not be read again.
exec 2>&1
short() { sed "s#$HOME#~#; s/\(\$schema, db\), .*/\1 .../"; }
try() { llmobs config "$@" > said 2>&1; code=$?; short < said; echo "exit $code: $*"; }
file=.config/llmobs/config.json
try set tz Europe/Berlin
try set no-cost true
try set /prices/- '{"model": "m", "input_per_mtok": 0.10, "output_per_mtok": 12345678.000001e-3}'
try set /budgets/- '{"by": "team", "max": 500, "period": "month"}'
try set /aliases/prod~1chat m
try set by '["team","model"]'
cat $file
stat -c %a $file .config/llmobs
sum=$(cksum $file)
echo "--- refused"
try set limit ten
try set limti 5
try set tz 5
try set /prices/7 '{}'
try set -- /prices/0/input_per_mtok -1
try set /prices/0/match '('
try set nothing null
try set '' x
try set limit
try set limit 1 2
[ "$sum" = "$(cksum $file)" ] || echo "the file was changed"
echo "--- taken away, and another file"
try set prices null
try set limit 5 --config other.json
try set db mine.db --config .llmobs.json
cat $file other.json
echo '{' > broken.json
try set limit 5 --config broken.json
cat broken.json
HOME= llmobs config set limit 5; echo "exit $?"
ls -A
