# --coverage, --dups, --identities; gaps in time; lists that are cut.
exec 2>&1
awk 'BEGIN {
    for (h = 0; h < 12; h++) if (h < 3 || h > 5) for (i = 0; i < 12; i++)
        printf "{\"timestamp\":\"2026-11-17T%02d:%02d:00Z\",\"request_id\":\"%d-%d\",\"model\":\"m%d\",\"input_tokens\":1,\"output_tokens\":1,\"user\":\"u\"}\n", h, i * 5, h, i, i % 7
}' > busy.jsonl
cat > twice.jsonl << 'X'
{"type":"assistant","sessionId":"s","timestamp":"2026-11-17T01:00:00Z","requestId":"r","uuid":"1","message":{"id":"msg_1","role":"assistant","model":"claude-sonnet-4-5","usage":{"input_tokens":3,"output_tokens":1,"cache_read_input_tokens":5}}}
{"type":"assistant","sessionId":"s","timestamp":"2026-11-17T01:00:01Z","requestId":"r","uuid":"2","message":{"id":"msg_1","role":"assistant","model":"claude-sonnet-4-5","usage":{"input_tokens":3,"output_tokens":9,"cache_read_input_tokens":5}}}
X
llmobs ingest -q busy.jsonl twice.jsonl
TZ=Europe/Berlin llmobs doctor
llmobs doctor --coverage
llmobs doctor --coverage --compact
llmobs doctor --coverage -f csv | cut -d, -f 1-6
llmobs doctor --identities
llmobs doctor --dups
llmobs doctor --dups -f csv
llmobs ingest -q --db one.db busy.jsonl
llmobs doctor --db one.db --dups
