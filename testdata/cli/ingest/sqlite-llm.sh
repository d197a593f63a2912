# The database of the tool llm: responses, and of newer versions turns, with their tool calls. The same
# calls come from llm logs --json, in either order; a second time nothing is new, also when the file
# was rewritten.
sqlite3 logs.db <<'SQL'
CREATE TABLE _llm_migrations (name TEXT PRIMARY KEY, applied_at TEXT);
CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT,
    options_json TEXT, response TEXT, response_json TEXT, conversation_id TEXT, duration_ms INTEGER,
    datetime_utc TEXT, input_tokens INTEGER, output_tokens INTEGER, token_details TEXT,
    schema_id TEXT, resolved_model TEXT, reasoning TEXT);
CREATE TABLE attachments (id TEXT PRIMARY KEY, type TEXT, path TEXT, url TEXT, content BLOB);
CREATE TABLE fragments (id INTEGER PRIMARY KEY, hash TEXT, content TEXT, datetime_utc TEXT, source TEXT);
CREATE TABLE tools (id INTEGER PRIMARY KEY, hash TEXT, name TEXT, description TEXT, input_schema TEXT,
    plugin TEXT);
CREATE TABLE tool_responses (tool_id INTEGER, response_id TEXT, PRIMARY KEY (tool_id, response_id));
CREATE TABLE tool_calls (id INTEGER PRIMARY KEY, response_id TEXT, tool_id INTEGER, name TEXT,
    arguments TEXT, tool_call_id TEXT);
CREATE TABLE tool_results (id INTEGER PRIMARY KEY, response_id TEXT, tool_id INTEGER, name TEXT,
    output TEXT, tool_call_id TEXT, instance_id INTEGER, exception TEXT);
CREATE TABLE messages (hash TEXT PRIMARY KEY, parent_hash TEXT, role TEXT, provider_metadata TEXT);
CREATE TABLE parts (id INTEGER PRIMARY KEY, message_hash TEXT, position INTEGER, type TEXT,
    tool_name TEXT, text TEXT, payload TEXT);
CREATE TABLE threads (id TEXT PRIMARY KEY, name TEXT, tip_message_hash TEXT, forked_from TEXT,
    datetime_utc TEXT);
CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT, parent_message_hash TEXT,
    tip_message_hash TEXT, model TEXT, resolved_model TEXT, options_json TEXT, schema_id TEXT,
    input_tokens INTEGER, output_tokens INTEGER, token_details TEXT, duration_ms INTEGER,
    datetime_utc TEXT, response_json TEXT);

INSERT INTO _llm_migrations VALUES ('m001_initial', '2026-03-01 07:00:00+00:00');
INSERT INTO conversations VALUES ('c1', 'hello', 'gpt-4.1');
INSERT INTO fragments VALUES (1, 'f', 'text', '2026-03-01T07:00:00', 'file');
INSERT INTO attachments VALUES ('a', 'image/png', NULL, NULL, x'89504e470d0a1a0a');
INSERT INTO tools VALUES (1, 'h', 'llm_time', 'The time', '{}', NULL);
INSERT INTO tool_responses VALUES (1, 'r1');
INSERT INTO responses VALUES
    ('r1', 'gpt-4.1', 'p', NULL, NULL, '{}', '', '{"finish_reason": "tool_calls"}', 'c1', 1408,
     '2026-03-01T08:00:00.168233', 100, 50,
     '{"prompt_tokens_details": {"cached_tokens": 30}}', NULL, 'gpt-4.1-2025-04-14', NULL),
    ('r2', 'gpt-4.1', NULL, NULL, NULL, '{}', 'r', '{"finish_reason": "stop"}', 'c1', 900,
     '2026-03-01T08:00:02', 170, 20, NULL, NULL, NULL, NULL),
    ('r3', 'plugin', 'p', 's', NULL, NULL, 'r', NULL, NULL, NULL, '2026-03-01T08:01:00', 5, NULL,
     NULL, NULL, NULL, NULL);
INSERT INTO tool_calls VALUES (1, 'r1', 1, 'llm_time', '{}', 'call_1'),
    (2, 'r1', 1, 'llm_time', '{"zone": "UTC"}', NULL), (3, 'r1', 2, 'fetch', '{}', 'call_3');
INSERT INTO tool_results VALUES (1, 'r2', 1, 'llm_time', 'now', 'call_1', NULL, NULL),
    (2, 'r2', 2, 'fetch', '', 'call_3', NULL, 'TimeoutError: timed out');
INSERT INTO turns VALUES ('t1', 'c2', 'h1', 'h2', 'gpt-4.1-mini', NULL, '{}', NULL, 7, 8, NULL, 300,
    '2026-08-06T08:00:00+00:00', '{"finish_reason": "stop"}');
INSERT INTO messages VALUES ('h2', 'h1', 'assistant', NULL);
INSERT INTO parts VALUES (1, 'h2', 0, 'text', NULL, 'r', NULL);
INSERT INTO threads VALUES ('c2', 'hi', 'h2', NULL, '2026-08-06T08:00:00+00:00');
SQL
sqlite3 logs.db "SELECT json_group_array(json_object('id', id, 'model', model, 'resolved_model',
    resolved_model, 'prompt', prompt, 'response', response, 'response_json', json(response_json),
    'conversation_id', conversation_id, 'duration_ms', duration_ms, 'datetime_utc', datetime_utc,
    'input_tokens', input_tokens, 'output_tokens', output_tokens, 'token_details', token_details,
    'tool_calls', (SELECT json_group_array(json_object('id', id, 'name', name, 'arguments',
        json(arguments), 'tool_call_id', tool_call_id)) FROM tool_calls WHERE response_id = r.id),
    'tool_results', (SELECT json_group_array(json_object('id', id, 'name', name, 'output', output,
        'tool_call_id', tool_call_id, 'exception', exception)) FROM tool_results
        WHERE response_id = r.id))) FROM responses AS r" > logs.json

llmobs ingest -v logs.db
llmobs ingest logs.db
sqlite3 -header llmobs.db "SELECT identity, model, response_model, session, started, latency_us,
    input_tokens, output_tokens, cache_read_tokens, finish_reason FROM v_calls ORDER BY identity;
    SELECT identity, call_identity, tool, status, error_kind FROM v_tool_calls ORDER BY identity"

echo "-- llm logs --json: the same"
llmobs ingest logs.json
llmobs ingest --db other.db -q logs.json
llmobs ingest --db other.db logs.db
"$TESTDATA/dump.sh" llmobs.db > one.txt
"$TESTDATA/dump.sh" other.db > other.txt
cmp one.txt other.txt

echo "-- rewritten, and as a copy"
sqlite3 logs.db "VACUUM; UPDATE responses SET prompt = 'other' WHERE id = 'r1'"
llmobs ingest logs.db
sqlite3 logs.db "VACUUM INTO 'backup.db'"
llmobs ingest backup.db

echo "-- grown"
sqlite3 logs.db "INSERT INTO responses (id, model, datetime_utc, duration_ms, input_tokens)
        VALUES ('r4', 'gpt-4.1', '2026-03-02T08:00:00', 1, 2);
    INSERT INTO tool_calls VALUES (4, 'r4', 1, 'llm_time', '{}', 'call_4')"
llmobs ingest -v logs.db

echo "-- without a database"
llmobs report --by model logs.db --columns model,calls,input_tokens,output_tokens
