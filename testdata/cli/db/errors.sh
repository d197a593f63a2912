# What makes no sense: exit code 2.
llmobs db info; echo "exit $?"
cp "$TESTDATA/cli/db/people.jsonl" .
llmobs ingest -q people.jsonl
llmobs db nothing; echo "exit $?"
llmobs db verfiy; echo "exit $?"
llmobs db info more; echo "exit $?"
llmobs db prune; echo "exit $?"
llmobs db prune --rows soon; echo "exit $?"
llmobs db forget; echo "exit $?"
llmobs db forget --user ''; echo "exit $?"
llmobs db forget --user nobody -y; echo "exit $?"
llmobs db archive; echo "exit $?"
llmobs db archive old.db; echo "exit $?"
llmobs db archive /nowhere/old.db --rows 1d -y; echo "exit $?"
llmobs db prune --rows 1d -y --db none.db; echo "exit $?"
ls none.db old.db 2>/dev/null
