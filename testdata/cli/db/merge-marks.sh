# Beside the calls come change marks, prices that somebody set, and baselines: each once, and where
# both databases say something, that of the one that takes in stays.
cat > a.jsonl << 'END'
{"request_id":"a1","model":"own-1","input_tokens":1000,"output_tokens":0,"timestamp":"2026-11-20T10:00:00Z"}
END
cat > b.jsonl << 'END'
{"request_id":"b1","model":"own-2","input_tokens":1000,"output_tokens":0,"timestamp":"2026-11-20T10:00:00Z"}
END
llmobs --db a.db ingest -q a.jsonl; llmobs --db b.db ingest -q b.jsonl
llmobs --db a.db price add own-1 --in 1 --out 2 > /dev/null
llmobs --db b.db price add own-1 --in 5 --out 5 > /dev/null
llmobs --db b.db price add own-2 --in 3 --out 4 > /dev/null
llmobs --db a.db annotate -q "prompt v7" --at 2026-11-19 --kind prompt
llmobs --db b.db annotate -q "prompt v7" --at 2026-11-19 --kind prompt
llmobs --db b.db annotate -q "new index" --at 2026-11-20 --kind kb
awk 'BEGIN { for (i = 1; i <= 20; i++) printf "{\"item_id\":\"c%d\",\"passed\":%s}\n", i, i < 19 ? "true" : "false" }' > run.jsonl
llmobs --db b.db gate --candidate run.jsonl --bless main > /dev/null
for turn in 1 2; do
    llmobs --db a.db db merge b.db -f csv | cut -d, -f1,2,11-
done
sqlite3 a.db "SELECT request_id, cost_usd FROM v_calls ORDER BY 1;
    SELECT model, input, active FROM price WHERE origin = 'user' ORDER BY model, input;
    SELECT kind, text FROM annotation ORDER BY at_us;
    SELECT name, cases, (SELECT count(*) FROM baseline_result AS r WHERE r.baseline_id = b.baseline_id) FROM baseline AS b"
llmobs --db a.db gate --baseline main --candidate run.jsonl | head -1

echo "-- what was sampled stands for as much"
llmobs --db s.db ingest -q --sample 0.5 "$TESTDATA"/formats/generic/*.jsonl 2> /dev/null
for turn in 1 2; do llmobs --db t.db db merge -q s.db; done
for db in s t; do sqlite3 $db.db "SELECT first_line, rate_ppb, kept, left_out FROM source_sample" > $db; done
cmp s t && [ -s t ] && echo "the same"

echo "-- hashed users stay hashed"
echo the salt of the first one > one; echo the salt of the other one > two
sed 's/a1/u1/; s/own-1/own-1","user":"zoe/' a.jsonl > u.jsonl
llmobs --db one.db ingest -q --hash-users --salt-file one u.jsonl
llmobs --db two.db ingest -q --hash-users --salt-file two u.jsonl
llmobs --db u.db db merge one.db -q && llmobs --db u.db db merge two.db; echo "exit $?"
sqlite3 u.db "SELECT count(*) FROM v_calls WHERE user = 'zoe'; SELECT count(*) FROM v_calls; SELECT count(*) FROM setting WHERE name = 'hashed_users'"
