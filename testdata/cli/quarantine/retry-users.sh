# Users in lines that leave the quarantine are hashed as ingest hashed those before: without being
# told, or with the same salt. Hashes by sha256sum, and by openssl dgst -hmac (privacy.sh).
exec 2>&1
try() { llmobs quarantine retry --map map.json "$@"; echo "exit $?: $*"; }
users() { sqlite3 "$1" "SELECT user, meta FROM v_calls ORDER BY 1"; }
printf '{"record":"call","fields":{"request_model":"/name","user":"/who","input_tokens":"/took"},"meta":{"user_plan":"/plan"}}' > map.json
echo '{"model":"m","input_tokens":1,"user":"u_8"}' > log.jsonl
echo '{"name":"m","took":5,"who":"u_9","plan":"gold","app":{"note":"n"}}' >> log.jsonl
echo 0123456789abcdef > salt
echo fedcba9876543210 > other
llmobs ingest -q --hash-users log.jsonl --db a.db 2> /dev/null
llmobs ingest -q --salt-file salt log.jsonl --db b.db 2> /dev/null
llmobs ingest -q log.jsonl --db c.db 2> /dev/null
echo "-- hashed without a salt"
try --db a.db --salt-file salt
try --db a.db
users a.db
printf u_9 | sha256sum | cut -c1-16
echo "-- with one"
try --db b.db
try --db b.db --hash-users
try --db b.db --salt-file other
echo short > short
try --db b.db --salt-file short
try --db b.db --salt-file salt --drop-attr plan
users b.db
echo "-- not at all"
try --db c.db
users c.db
for db in a b; do
    if grep -aqE 'u_[89]' $db.db; then echo "$db.db holds a user"; fi
done
