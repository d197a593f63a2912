# Nothing there to report on: exit 2 and how to change that; nothing is made.
exec 2>&1
try() { llmobs "$@"; echo "exit $?: $*"; }
try report
try report --db other.db cost
try quarantine
try quarantine drop --yes
: > empty
try report missing.jsonl
try report cots
try report cost,tokns
ls
