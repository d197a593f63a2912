# Databases that want more than to be read: nothing in them is run, no byte of content is stored, and
# what cannot be read is one row.
exec 2>&1
sqlite3 hostile.db > made.txt <<'SQL'
CREATE VIEW responses AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)
    SELECT n AS id, 'm' AS model, 1 AS duration_ms, n AS datetime_utc, 'c' AS conversation_id FROM r;
CREATE TABLE calls (request_id TEXT, model TEXT, input_tokens, output_tokens, latency_ms, status,
    prompt TEXT, response TEXT, "a""b CANARY", double_tokens AS (input_tokens * 2));
CREATE VIRTUAL TABLE calls_fts USING fts5 (prompt, model);
CREATE TRIGGER t AFTER INSERT ON calls BEGIN INSERT INTO calls_fts VALUES ('CANARY', 'CANARY'); END;
CREATE TABLE "CANARY; DROP TABLE calls --" (x);
INSERT INTO "CANARY; DROP TABLE calls --" VALUES (1);
CREATE TABLE "tool [0m
calls" (timestamp TEXT, request_id TEXT, tool_name TEXT, inputs TEXT, latency_ms);
INSERT INTO "tool [0m
calls" VALUES ('2026-03-05T08:00:00', 'r', 'db', 'CANARY', 'soon');
INSERT INTO calls (request_id, model, input_tokens, output_tokens, latency_ms, status, prompt, response)
VALUES ('numbers', 'm', 1, 2.0, 1e3, 200, 'CANARY', x'43414e415259'),
    ('texts', 'm', '1', '2', '1000', 'ok', 'CANARY', x'ff43414e415259'),
    ('long', 'm', 3, 4, NULL, NULL, hex(zeroblob(5000000)) || 'CANARY', NULL),
    ('longer', 'm', 3, 4, NULL, NULL, zeroblob(20000000), 'CANARY'),
    ('big' || char(0) || 'id', 'm', 5, 6, NULL, NULL, 'CANARY' || char(0) || 'CANARY', NULL),
    (CAST(x'62ff64' AS TEXT), CAST(x'6dff' AS TEXT), 5, 6, NULL, NULL, CAST(x'ff' AS TEXT), NULL),
    ('infinite', 'm', 9e999, 1, NULL, NULL, NULL, NULL),
    ('negative', 'm', -1, 1, NULL, NULL, NULL, NULL),
    ('blob', 'm', x'ff', 7, x'00', NULL, NULL, NULL),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SQL
llmobs ingest hostile.db | sed 's/ [0-9]* lines .*/ (lines)/'
sqlite3 -header llmobs.db "SELECT identity, hex(request_id) AS request, model, input_tokens AS input,
    output_tokens AS output, latency_us, status, meta FROM v_calls ORDER BY started_us, identity"
for file in llmobs.db*; do
    if grep -aq CANARY "$file"; then echo "$file holds content"; fi
done
llmobs ingest -v hostile.db --db again.db --from generic | grep -c -e "$(printf '\033')"

echo "-- rows and values that are too long"
llmobs ingest -q --db short.db --max-line 1K hostile.db | grep calls
sqlite3 short.db "SELECT line, reason, length FROM v_quarantine WHERE path LIKE '%/calls' ORDER BY line"
