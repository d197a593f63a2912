llmobs scan
