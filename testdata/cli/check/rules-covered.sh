# Each rule of each set has a case in rules.sh that fires and one that is ok: a new rule without them
# fails here. Lines of rules.out: the set, the rule, what is in the log, what the rule says.
for set in $(llmobs completion bash | grep -o 'default s000[ a-z0-9]*' | head -n 1); do
    echo '{"timestamp":1,"model":"m","latency_ms":1}' >log.jsonl
    for rule in $(llmobs check --rules "$set" --no-config --exit-zero -f json log.jsonl | jq -r '.rows[].rule'); do
        n=$((n + 1))
        for state in firing ok; do
            awk -v set="$set" -v rule="$rule" -v state="$state" '
                $1 == set && $2 == rule && $0 ~ " " state " P[0-3] " { found = 1 }
                END { exit !found }' "$TESTDATA/cli/check/rules.out" ||
                echo "$set: no case of rules.sh in which $rule is $state"
        done
    done
done
echo "$n rules"
