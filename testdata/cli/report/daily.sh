# The daily report as the manual has it, in the bare environment of cron: text of 80 ASCII characters,
# Markdown, CSV.
exec 2>&1
mkdir app && cd app || exit
sh "$TESTDATA/demo.sh" > logs.jsonl
cron() { env -i PATH="$PATH" HOME="$PWD" TZ=UTC SOURCE_DATE_EPOCH=1795046700 sh -c "$1"; } # 2026-11-19T00:05:00Z
cron 'llmobs ingest -q . && llmobs report cost --by feature --since yesterday --until yesterday --vs previous --narrate --compact' | tee ../mail.txt
awk 'NR != 2 && NR < 8 && length > 80 { print "too long: " $0 }' ../mail.txt
LC_ALL=C grep -n '[^ -~]' ../mail.txt && echo 'not ASCII'
cron 'llmobs ingest -q . && llmobs report cost --by feature --since yesterday --until yesterday --vs previous --narrate -f md'
cron 'llmobs ingest -q . && llmobs report cost --by feature --since yesterday --until yesterday --vs previous -f csv --columns calls,cost_usd'
cron 'llmobs ingest -q . && llmobs report cost --by feature --since yesterday --until yesterday --vs previous -o ../day.csv'
wc -l < ../day.csv
