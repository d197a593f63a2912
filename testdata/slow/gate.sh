#!/bin/sh
# Simulated gates: how often one is wrong about systems of which the truth is known. 1,000 gates each,
# seeded; prints the shares that man llmobs-gate shows, and fails when one is beyond its bound by more
# than two standard errors. GATES=100 for a quick look.
set -eu
PATH=$(cd "${BUILD:-build/release}" && pwd):$PATH
gates=${GATES:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
bad=0

# simulate CASES LOSS CLUSTER SEED: the results of two systems, in a.jsonl and b.jsonl. A case is easy,
# middling or hard: it passes 98, 80 or 30 % of the time, 83.3 % in the mean, each time anew; of the
# second system that mean is LOSS less. With clusters of CLUSTER cases, one in ten fails whole, in each
# system others.
simulate() {
    awk -v n="$1" -v loss="$2" -v cluster="$3" -v seed="$4" '
        function outcome(p, broken) { return !broken && rand() < p ? "true" : "false" }
        BEGIN {
            srand(seed)
            for (i = 0; i < n; i++) {
                kind = rand()
                p = kind < 0.6 ? 0.98 : kind < 0.85 ? 0.8 : 0.3
                if (i % cluster == 0) { x = cluster > 1 && rand() < 0.1; y = cluster > 1 && rand() < 0.1 }
                key = sprintf("{\"item_id\":\"c%d\",\"cluster\":\"k%d\",\"passed\":", i, i / cluster)
                print key outcome(p, x) "}" > "a.jsonl"
                print key outcome(p * (1 - loss / 0.833), y) "}" > "b.jsonl"
            }
        }'
}

# share NAME BOUND at-most|at-least VERDICT CASES LOSS CLUSTER OPTIONS...
share() {
    name=$1 bound=$2 side=$3 verdict=$4 n=$5 loss=$6 cluster=$7 hits=0 i=0
    shift 7
    while [ $i -lt "$gates" ]; do
        i=$((i + 1))
        simulate "$n" "$loss" "$cluster" $((7919 * i + n))
        case $(llmobs gate --baseline a.jsonl --candidate b.jsonl -q "$@" --exit-zero) in
        "$verdict "*) hits=$((hits + 1)) ;;
        IMPROVED*) [ "$verdict" != PASS ] || hits=$((hits + 1)) ;; # it ships, too
        esac
    done
    awk -v name="$name" -v k=$hits -v n="$gates" -v bound="$bound" -v side="$side" 'BEGIN {
        se = sqrt(bound * (1 - bound) / n)
        ok = side == "at-most" ? k / n <= bound + 2 * se : k / n >= bound - 2 * se
        printf "%-58s %5.1f %%   wanted %s %g %%%s\n", name, 100 * k / n, side, 100 * bound, ok ? "" : "   FAILED"
        exit !ok }' || bad=1
}

simulate 1000 0 1 1
needed=$(llmobs gate --baseline a.jsonl --candidate b.jsonl --margin 2pt -f json | jq '.rows[0].cases_needed')
echo "cases needed for a margin of 2 pt, by a gate over 1,000 cases: $needed"
share "unchanged, 200 cases: FAIL" 0.05 at-most FAIL 200 0 1
share "unchanged, 600 cases: FAIL" 0.05 at-most FAIL 600 0 1
share "unchanged, 400 cases in 40 clusters: FAIL" 0.05 at-most FAIL 400 0 10
share "loss of the margin (2 pt), 600 cases: PASS" 0.05 at-most PASS 600 0.02 1 --margin 2pt
share "unchanged, the cases needed for 2 pt: PASS" 0.8 at-least PASS "$needed" 0 1 --margin 2pt
share "loss of 4 pt, the cases needed for 2 pt: FAIL" 0.8 at-least FAIL "$needed" 0.04 1 --margin 2pt
# What is wrong with gates that take cases for independent which are not; no bound is promised.
share "the same 40 clusters, taken for 400 single cases: FAIL" 1 at-most FAIL 400 0 10 --cluster none
exit $bad
