# Ingested twice, the second time finds nothing new; the report agrees with plain SQL on the view.
workload 3000 > log.jsonl
llmobs ingest log.jsonl
llmobs ingest log.jsonl
llmobs report --by feature -f json | jq -r '.rows[] | [.feature, .calls, .cost_nusd] | @tsv' | sort > report.txt
sqlite3 -separator '	' llmobs.db "SELECT feature, count(*), cast(round(sum(cost_usd) * 1e9) AS INTEGER)
    FROM v_calls GROUP BY 1" | sort > sql.txt
cmp report.txt sql.txt
