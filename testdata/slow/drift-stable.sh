# 200 pairs of windows in which nothing changed, all fields and segments at once: at most 2 % of them
# may raise a false verdict.
pairs=200 false=0 seed=0
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
while [ $seed -lt $pairs ]; do
    seed=$((seed + 1))
    awk -v seed=$seed -f "$TESTDATA/slow/stable.awk" > "$work/calls.jsonl"
    llmobs drift --baseline 2026-10-01..2026-10-14 --current 2026-10-15..2026-10-21 --tz UTC \
        --by feature -q "$work/calls.jsonl" > "$work/said"
    case $? in
    0) ;;
    1) false=$((false + 1)) && echo "seed $seed:" && grep -w drift "$work/said" ;;
    *) echo "seed $seed failed" && exit 2 ;;
    esac
done
echo "drift: $false of $pairs quiet pairs raised a verdict"
[ $((false * 50)) -le $pairs ]
