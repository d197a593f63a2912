# Lists that others publish, as rows of the user.
cat > litellm.json <<'JSON'
{"sample_spec": {"litellm_provider": "one of", "input_cost_per_token": 0},
 "rack/llama": {"litellm_provider": "rack", "mode": "chat", "input_cost_per_token": 2e-07, "output_cost_per_token": 6e-07},
 "gratis": {"litellm_provider": "ollama", "mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0},
 "picture": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_image": 0.04}}
JSON
cat > log.jsonl <<'LOG'
{"model":"rack/llama","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-01T08:00:00Z"}
{"model":"llama","provider":"rack","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-01T08:00:01Z"}
{"model":"gratis","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-01T08:00:02Z"}
{"model":"llama","input_tokens":1000,"output_tokens":100,"timestamp":"2026-03-01T08:00:03Z"}
LOG
llmobs ingest -q log.jsonl
llmobs price import litellm.json
# 1000 * 0.2 + 100 * 0.6 = 260 micro-dollars; zero where the price is zero; the last one has no price
sqlite3 llmobs.db "SELECT model, provider, cost_nusd FROM v_calls ORDER BY started"
echo '{"a": 1}' > none.json
echo '{"prices": [{"id": "m", "vendor": "v", "input": -1}]}' > bad.json
for f in none.json bad.json missing.json; do
    llmobs price import $f
    echo "exit $?"
done
sqlite3 llmobs.db "SELECT count(*) FROM price WHERE active"
