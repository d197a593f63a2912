# One SELECT over the views, in every format; columns of one name, blobs and NULL keep apart.
cp "$TESTDATA/cli/db/people.jsonl" .
llmobs ingest -q people.jsonl
llmobs db sql "SELECT user, count(*) AS calls, sum(cost_nusd) / 1e9 AS usd FROM v_calls GROUP BY user ORDER BY user"
llmobs db sql "SELECT 1 AS a, 2 AS a, 2.5 AS b, x'00ff' AS c, NULL AS d, '=1+1' AS e, '' AS f" -f csv
for f in table json jsonl tsv md; do
    echo "-- $f"
    llmobs db sql "SELECT feature, cost_usd FROM v_calls WHERE user = 'u_9' ORDER BY started" -f $f
done
llmobs db sql "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100005) SELECT i FROM n" -f csv | tail -1
llmobs db sql "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100005) SELECT i FROM n" --all -f csv | tail -1
