# Only here what was found is said; what would move a terminal's cursor is not let through.
cp "$TESTDATA/cli/scan/data/calls.jsonl" .
printf 'a line\nmail \033[2Ja.b@cd.de and c@cd.de\n' >notes.txt
llmobs scan --pii --show calls.jsonl notes.txt
llmobs scan --pii --show -f jsonl notes.txt
