# Both cases of the corpus flag what they must, and nothing that they must not; the figures are those
# of the independent implementation: effects to 1e-6 (those of embeddings depend on the sample).
drift=$TESTDATA/../../shared/corpus/drift
[ -d "$drift" ] || exit 77
names='{"quality":"quality_score","latency":"latency_ms","cost":"cost_usd"}'
for file in 01-stable.jsonl 02-mean-shift.jsonl; do
    since=$(jq -r --arg f $file '.cases[] | select(.file == $f).baseline[0]' "$drift/TRUTH.json")
    split=$(jq -r --arg f $file '.cases[] | select(.file == $f).split' "$drift/TRUTH.json")
    llmobs drift --by feature --baseline "$since..$split" --current "$split..2026-04-01" -f json \
        "$drift/$file" > got.json
    echo "$file exit $?"
    jq -r --arg f $file --argjson names "$names" --slurpfile got got.json '
        .cases[] | select(.file == $f) as $case
        | [$got[0].rows[] | . + {key: (($names[.field] // .field) + " " + (.segment // "all"))}] as $rows
        | ([$rows[] | select(.verdict == "drift").key]) as $flagged
        | ($case.must_flag - $flagged | map("missed: " + .)[]),
          ($flagged[] | . as $k
              | select([($case.must_flag + $case.may_flag)[] | . as $may | $k == $may or
                  ($may | endswith("*") and (. as $m | $k | startswith($m | rtrimstr("*"))))]
                  | any | not) | "wrong: " + .),
          ($rows[] | . as $r | $case.reference[.key] as $want
              | select($want and .field != "embedding")
              | select((($want.effect - .effect) | fabs) > 1e-6 * ([1, $want.effect] | max))
              | "effect of \(.key): \(.effect), not \($want.effect)"),
          ($got[0].embedding.centroid_score as $score
              | $case.reference["embedding all"].seed001.drift_score
              | select((. - $score | fabs) > 1e-6) | "centroid score \($score), not \(.)")
        ' "$drift/TRUTH.json"
done
