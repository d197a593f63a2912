# The documented views: each says what it holds before it is defined; for machines in columns.
llmobs db schema | grep -c '^CREATE VIEW'
llmobs db schema | sed -n '/Spans of traces/,/^CREATE/p' | head -3
llmobs db schema -f jsonl | jq -r .view
llmobs db schema -f json | jq -r '.rows[] | select(.view == "v_sources") | .what, .sql' | head -4
