llmobs scan no-such-file.jsonl
