# Options: what is wrong with them, in words; before or behind the command; from the environment.
exec 2>&1
try() { llmobs "$@"; echo "exit $?: $*"; }
try report --formt json
try report --format xml
try report --format jsom
try report --limit ten
try report --limit 0
try report --limit=99999999999999999999
try report --since
try report --since soon
try report --since 2026-13-01
try report --quiet=yes
try report -qx
try report --strict --exit-code 256
try ingest --max-line 1T log
try ingest --by feature
try --bogus report
LLMOBS_FORMAT=xml try report
LLMOBS_STRICT=maybe try report
SOURCE_DATE_EPOCH=yesterday try report
try --db other.db report
try report --db other.db
LLMOBS_DB=env.db try report
LLMOBS_DB=env.db try report --db flag.db
