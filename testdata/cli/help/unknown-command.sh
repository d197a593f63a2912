# A mistyped command: exit 2 and the one that is near; a file in its place: how to read it.
exec 2>&1
llmobs reprot; echo "exit $?"
llmobs help reprot; echo "exit $?"
llmobs frobnicate; echo "exit $?"
touch app.jsonl
llmobs app.jsonl; echo "exit $?"
llmobs help report ingest; echo "exit $?"
printf '\033[31m' > escape
llmobs "$(cat escape)"; echo "exit $?"
