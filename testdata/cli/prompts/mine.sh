# Rendered prompts without any name: each belongs to the template it was made from, which the line's
# feature tells here; the same system message is one template whatever numbers are in it.
fill() { # words that depend on $1 alone
    n=$(($1 % 7 + 1)) k=$1
    while [ $n -gt 0 ]; do
        k=$((k * 1103515245 % 1000003 + 12345)); printf 'w%s ' $((k % 997)) | tr 0-9 a-j; n=$((n - 1))
    done
}
i=0
while [ $i -lt 60 ]; do
    words=$(fill $i)
    case $((i % 3)) in
    0) feature=translate prompt="Translate the following text into German, and keep all names as they are: $words Thank you very much." ;;
    1) feature=cite prompt="Answer the question below from the sources alone. Cite every source by its number. Question: $words What do the sources say?" ;;
    2) feature=plain prompt="Answer the question below from the sources alone. Never invent an answer yourself. Question: $words What do the sources say?" ;;
    esac
    status=ok; [ $i = 7 ] && status=error
    echo '{"timestamp":"2026-03-05T10:00:00Z","request_id":"r'$i'","model":"m","latency_ms":100,"status":"'$status'","feature":"'$feature'","prompt":"'"$prompt"'"}'
    i=$((i + 1))
done > log.jsonl
for n in 1 2 3; do
    echo '{"timestamp":"2026-03-05T10:00:00Z","model":"m","latency_ms":1,"feature":"chat","messages":[{"role":"system","content":"It is day '$n'. You help."},{"role":"user","content":"hi '$n'"}]}'
done >> log.jsonl
echo '{"timestamp":"2026-03-05T10:00:00Z","model":"m","latency_ms":1,"feature":"odd","prompt":"hello"}' >> log.jsonl
echo '{"timestamp":"2026-03-05T10:00:00Z","model":"m","latency_ms":1,"template_hash":"a91f03c2","prompt":"hello"}' >> log.jsonl
llmobs prompts --mine log.jsonl --columns template,calls,pattern --wide
echo '--- with figures, scores too'
echo '{"request_id":"r1","quality":0.5}' > scores.jsonl
llmobs prompts --mine --rank errors log.jsonl scores.jsonl -f csv --columns calls,errors,quality_n | head -3
echo '--- mistakes'
llmobs ingest -q log.jsonl
llmobs prompts --mine 2>&1
llmobs prompts --mine - < log.jsonl 2>&1
echo '--- and no word of a prompt is in the database'
grep -c 'Cite every\|German' llmobs.db
true
