# Two models and a person judge the same answers: rows by model, and how far they agree, against a few
# lines of awk; the model goes with its score wherever databases are merged, pruned or archived.
judged='
    function human(i) { return i % 3 != 0 }
    function a(i) { return i % 7 == 0 ? !human(i) : human(i) }
    function b(i) { return i % 5 == 0 ? !human(i) : human(i) }'
awk "$judged"'
    function say(i, value, who) { printf "{\"request_id\":\"r%d\",\"quality\":%d,%s}\n", i, value, who > "scores.jsonl" }
    BEGIN { for (i = 0; i < 60; i++) {
        printf "{\"timestamp\":\"2026-03-05T10:00:%02dZ\",\"request_id\":\"r%d\",\"model\":\"m\",\"latency_ms\":1}\n", i, i > "calls.jsonl"
        say(i, human(i), "\"source\":\"human\"")
        say(i, a(i), "\"judge_model\":\"gpt-4o\"")
        if (i % 2 == 0) say(i, b(i), "\"judge_model\":\"claude-sonnet-4-5\"") } }'
llmobs ingest -q calls.jsonl scores.jsonl
llmobs report quality --by scorer,judge_model
echo '--- against awk: each mean and n; then pairs (of a judge with two models their mean counts), their n, how many are the same, kappa'
{
    llmobs report quality --by judge_model -f json | jq -r '.rows[] | "\(.judge_model) \(.n) \(.mean * 1e6 | round)"'
    llmobs report quality -f json | jq -r '.coverage.agreement[] | "\(.first) \(.first_model) \(.second) \(.second_model) \(.n) \(.agreement * 1e6 | round) \(.kappa * 1e6 | round)"'
} > got
awk "$judged"'
    function kappa(what, x, y, step,    i, n, same, p, q, po, pe) {
        for (i = 0; i < 60; i += step) { n++; same += X[x, i] == X[y, i]; p += X[x, i]; q += X[y, i] }
        po = same / n; pe = p / n * q / n + (1 - p / n) * (1 - q / n)
        printf "%s %d %.0f %.0f\n", what, n, po * 1e6, (po - pe) / (1 - pe) * 1e6 }
    BEGIN { for (i = 0; i < 60; i++) { X["h", i] = human(i); X["a", i] = a(i); X["b", i] = b(i)
            X["both", i] = i % 2 == 0 ? (a(i) + b(i)) / 2 >= 0.5 : a(i)
            sh += human(i); sa += a(i); if (i % 2 == 0) sb += b(i) }
        printf "claude-sonnet-4-5 30 %.0f\ngpt-4o 60 %.0f\nnull 60 %.0f\n", sb / 30 * 1e6, sa / 60 * 1e6, sh / 60 * 1e6
        kappa("human null judge null", "h", "both", 1)
        kappa("human null judge gpt-4o", "h", "a", 1)
        kappa("human null judge claude-sonnet-4-5", "h", "b", 2)
        kappa("judge claude-sonnet-4-5 judge gpt-4o", "b", "a", 2) }' > want
cmp got want && cat got
echo '--- of one score the model is that of whoever said it last, in any order'
said() { echo "{\"id\":\"s-1\",\"trace_id\":\"t-1\",\"name\":\"tone\",\"value\":$1,\"data_type\":\"NUMERIC\",\"source\":\"EVAL\",\"timestamp\":\"$2\",\"metadata\":{\"judge_model\":\"$3\"}}"; }
said 0.5 2026-03-05T10:00:00Z first > first.jsonl
said 0.25 2026-03-06T10:00:00Z second > second.jsonl
said 0.25 2026-03-06T10:00:00Z seventh > third.jsonl
shown() { sqlite3 "$1" "SELECT value, scorer, judge_model FROM v_scores WHERE name = 'tone'"; }
llmobs ingest -q --db a.db first.jsonl second.jsonl third.jsonl
llmobs ingest -q --db b.db third.jsonl second.jsonl first.jsonl
for file in first second third; do llmobs ingest -q --db $file.db $file.jsonl; done
llmobs db merge -q --db first.db third.db second.db
llmobs db merge -q --db second.db first.db
for db in a b first second; do shown $db.db; done | uniq -c
echo '--- what lines do not say: judges get a model, people and rules do not'
cat > more.jsonl <<'END'
{"request_id":"r1","metric":"tone","score":0.5}
{"request_id":"r2","metric":"tone","score":0.5,"source":"llm"}
{"request_id":"r3","metric":"tone","score":0.5,"source":"rule"}
{"request_id":"r4","metric":"tone","score":0.5,"judge":"other"}
{"item_id":"case-1","score":0.5,"judge":"other"}
END
llmobs ingest -q --db more.db calls.jsonl more.jsonl --score-judge local-7b
sqlite3 more.db "SELECT identity, scorer, judge_model FROM v_scores WHERE target = 'call' ORDER BY identity"
llmobs report quality --db more.db --by judge_model --columns n,mean
echo '--- archived and put back; forgotten with its calls'
sqlite3 llmobs.db "SELECT identity, value, scorer, judge_model FROM v_scores ORDER BY identity" > before
llmobs db archive old.db --rows 1h -y > archive.txt
sqlite3 llmobs.db "SELECT count(*) FROM v_scores"
llmobs db merge -q --db llmobs.db old.db
sqlite3 llmobs.db "SELECT identity, value, scorer, judge_model FROM v_scores ORDER BY identity" | cmp - before
