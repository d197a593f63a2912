# u_9 has r-1 and r-5; r-3 has no user and is in a session with r-1. Session s-2 is u_91's, too, and stays.
# The plan names u_9 inside a longer text, on a call of his own: it goes with it. u_91 is another user, whose
# id holds the same bytes.
cp "$TESTDATA/cli/db/people.jsonl" .
llmobs ingest -q people.jsonl
cp llmobs.db before.db
grep -ac u_9-a llmobs.db
llmobs db forget --user u_9 --dry-run
cmp llmobs.db before.db
llmobs db forget --user u_9 --yes | sed "s/: [0-9]* bytes/: N bytes/"; echo "exit $?"
for file in llmobs.db*; do echo "$file $(grep -ao 'u_9[^1]' "$file" | wc -l)"; done
sqlite3 llmobs.db "SELECT request_id, user FROM v_calls ORDER BY 1; SELECT id FROM v_sessions ORDER BY 1; SELECT name, value FROM v_scores; PRAGMA freelist_count"
llmobs db verify -q > /dev/null; echo "exit $?"
llmobs db forget --user u_9 --yes; echo "exit $?"
echo "-- a mark names u_7: said, and exit 1"
llmobs annotate -q 'asked u_7 about it' --at 2026-11-05
llmobs db forget --user u_7 --yes -q 2> left; echo "exit $?"
sed "s/: [0-9]* bytes/: N bytes/" left
