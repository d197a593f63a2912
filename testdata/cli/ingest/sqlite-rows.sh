# Tables whose rows have no id of their own: equal ones stay apart, and none is counted twice however
# the database changes. Rows that cannot be read are in quarantine by their number.
exec 2>&1
sqlite3 observability.db > journal.txt <<'SQL'
PRAGMA journal_mode = WAL;
CREATE TABLE llm_calls (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT, request_id TEXT,
    prompt_version TEXT, model TEXT, prompt TEXT, response TEXT, input_tokens INTEGER,
    output_tokens INTEGER, total_tokens INTEGER, latency_ms REAL, cost_usd REAL, status TEXT,
    error TEXT, metadata TEXT);
CREATE TABLE branch_decisions (timestamp TEXT, request_id TEXT, from_node TEXT, to_node TEXT,
    condition TEXT, condition_result, context TEXT);
CREATE TABLE tool_calls (timestamp TEXT, request_id TEXT, tool_name TEXT, inputs TEXT, output TEXT,
    latency_ms REAL, status TEXT, error TEXT);
CREATE TABLE alerts (id INTEGER PRIMARY KEY, rule TEXT, at TEXT);
INSERT INTO alerts VALUES (1, 'x', '2026-03-05');
INSERT INTO llm_calls VALUES
    (1, '2026-03-05T08:00:00', 'q1', 'v1', 'gpt-4o', 'p', 'r', 100, 50, 150, 1234.5, 0.000225, 'success',
     NULL, '{"feature": "search"}'),
    (2, '2026-03-05T08:00:01', 'q2', NULL, 'gpt-4o', 'p', NULL, 0, 0, 0, 20.25, 0.0, 'error',
     'timeout', NULL),
    (3, '2026-03-05T08:00:02', 'q3', 'v1', 'gpt-4o', 'p', 'r', '12a', 1, 1, 1, 0, 'success', NULL, NULL),
    (4, '2026-03-05T08:00:03', 'q4', 'v1', 'gpt-4o', 'p', 'r', 9007199254740993, 1, NULL, 1, NULL,
     'success', NULL, NULL);
INSERT INTO branch_decisions VALUES
    ('2026-03-05T08:00:00', 'q1', 'a', 'b', 'c < 0.7', 1, '{"c": 0.5}'),
    ('2026-03-05T08:00:00', 'q1', 'a', 'b', 'c < 0.7', 1, '{"c": 0.5}'),
    ('2026-03-05T08:00:01', 'q2', 'a', 'b', 'c < 0.7', NULL, NULL),
    ('2026-03-05T08:00:02', 'q2', 'a', 'b', 'c < 0.7', 'perhaps', NULL);
INSERT INTO tool_calls VALUES
    ('2026-03-05T08:00:00', 'q1', 'db', '{}', 'x', 5.5, 'success', NULL),
    ('2026-03-05T08:00:00', 'q1', 'db', '{}', 'x', 5.5, 'success', NULL),
    ('2026-03-05T08:00:01', 'q9', 'db', '{}', NULL, 7, 'error', 'boom');
SQL
counts() {
    sqlite3 llmobs.db "SELECT count(*) FROM v_calls; SELECT count(*) FROM v_branch_decisions;
        SELECT count(*) FROM v_tool_calls; SELECT count(*) FROM v_quarantine" | paste -sd' '
}
take() { llmobs ingest "$@" --set team=core --assume-tz Europe/Berlin; }
take observability.db --dry-run --strict
echo "exit $?"
take observability.db
take observability.db
counts
sqlite3 -header llmobs.db "SELECT identity, started, model, prompt_version, team, feature, input_tokens,
        latency_us, cost_nusd, status, error_kind FROM v_calls ORDER BY identity;
    SELECT call_identity, from_node, result, context FROM v_branch_decisions;
    SELECT call_identity, tool, latency_us, status FROM v_tool_calls"

echo "-- quarantine"
llmobs quarantine
llmobs quarantine show 1 | grep -v sha256
llmobs quarantine export
llmobs quarantine retry
echo '{"fields": {"request_model": "/model", "output_tokens": "/output_tokens"}, "record": "call",
    "identity": ["/request_id"]}' > map.json
llmobs quarantine retry --map map.json
sqlite3 observability.db "UPDATE branch_decisions SET condition_result = 0 WHERE rowid = 4"
llmobs quarantine show 1 | grep source
take observability.db
counts

echo "-- grown, in the log beside the file only"
mkfifo hold
sqlite3 observability.db < hold > /dev/null &
exec 9> hold
echo "INSERT INTO branch_decisions SELECT * FROM branch_decisions WHERE rowid = 1;
    INSERT INTO llm_calls (timestamp, request_id, prompt_version, model, input_tokens, latency_ms)
    VALUES ('2026-03-05T09:00:00', 'q5', 'v2', 'gpt-4o', 1, 2); SELECT 1;" >&9
until [ -s observability.db-wal ]; do sleep 0.05; done
sleep 0.2
take observability.db
take observability.db
counts
echo ".quit" >&9
exec 9>&-
wait

echo "-- a column more, a change, a deletion, a copy"
sqlite3 observability.db "ALTER TABLE branch_decisions ADD COLUMN note TEXT;
    ALTER TABLE tool_calls ADD COLUMN note TEXT"
take observability.db
counts
sqlite3 observability.db "UPDATE branch_decisions SET note = 'n' WHERE rowid = 3;
    DELETE FROM tool_calls WHERE rowid = 1; DELETE FROM llm_calls WHERE id = 2"
take observability.db
counts
sqlite3 observability.db "DELETE FROM branch_decisions WHERE rowid < 3"
take observability.db
sqlite3 observability.db "VACUUM INTO 'copy.db'"
take copy.db
counts

echo "-- rotated: what a new database holds is new"
mv observability.db old.db
take -q old.db
sqlite3 observability.db "CREATE TABLE tool_calls (timestamp TEXT, request_id TEXT, tool_name TEXT,
        inputs TEXT, output TEXT, latency_ms REAL, status TEXT, error TEXT);
    INSERT INTO tool_calls VALUES ('2026-03-05T08:00:01', 'q9', 'db', '{}', NULL, 7, 'error', 'boom')"
take observability.db
counts
