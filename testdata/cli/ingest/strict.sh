# --strict makes quarantined lines a finding.
echo '{"model":"m","input_tokens":"12a"}' > log.jsonl
llmobs ingest --quiet --strict log.jsonl
