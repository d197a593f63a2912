# --narrate: one sentence on what carries the cost, or its change.
exec 2>&1
call() { # ID DAY FEATURE USER COST
    printf '{"timestamp":"2026-11-%sT08:00:00Z","request_id":"%s","model":"m","input_tokens":1000,"output_tokens":1%s%s%s}\n' "$2" "$1" "${3:+,\"feature\":\"$3\"}" "${4:+,\"user_id\":\"$4\"}" "${5:+,\"cost_usd\":$5}"
}
say() { llmobs report cost "$@" -f json | jq -r .narrative; }
{
    id=0
    for day in 19 20; do
        for n in $(seq 40); do call $((id += 1)) $day search "u$((n % 8))" 0.01; done
        for n in $(seq 30); do call $((id += 1)) $day support "u$((n % 5))" "0.0$((1 + n % 5 * (day - 18)))"; done
        call $((id += 1)) $day batch '' 0.20
    done
    call 1000 20 '' '' ''
} > log.jsonl
d20='--since 2026-11-20 --until 2026-11-20'
llmobs report cost --by feature --narrate $d20 log.jsonl
echo '--- of all, of a group without a name, of one user, of few calls'
say $d20 log.jsonl --narrate
say $d20 log.jsonl --narrate --by team
say $d20 log.jsonl --narrate --by feature,user
say $d20 log.jsonl --narrate --by feature --where user=u1
say $d20 log.jsonl --narrate --by feature --where feature=batch
echo '--- compared'
say $d20 log.jsonl --narrate --by feature --vs previous
say --since 2026-11-19 --until 2026-11-19 log.jsonl --narrate --by feature --vs 2026-11-20 --where feature!=null
say $d20 log.jsonl --narrate --vs previous --where feature!=null
say $d20 log.jsonl --narrate --vs previous --by feature --where feature=search
echo '--- more than all of it'
{
    call 1 19 a x 1.00
    call 2 19 b x 1.00
    call 3 20 a x 5.00
    call 4 20 b x 0.50
} > two.jsonl
say $d20 two.jsonl --narrate --vs previous --by feature
echo '--- ties go by name; nothing to tell'
{ call 1 20 b x 1; call 2 20 a y 1; call 3 20 c z 0; } > ties.jsonl
say ties.jsonl --narrate --by feature
say ties.jsonl --narrate --where feature=c
say ties.jsonl --narrate --where feature=none
say log.jsonl --narrate --where feature=null
say $d20 log.jsonl --narrate --vs previous --where feature=null
echo '--- other formats'
llmobs report cost --narrate $d20 -q -f md log.jsonl | head -n 3
llmobs report cost --narrate -q ties.jsonl
llmobs report cost --narrate -f csv log.jsonl; echo "exit $?"
llmobs report cost --narrate --no-cost log.jsonl; echo "exit $?"
