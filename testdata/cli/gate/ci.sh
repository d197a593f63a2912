# The example pipelines in testdata/ci as far as a shell can run them: their own commands, taken out of
# the files, first on the main branch, then for a change that makes it worse.
exec 2>&1
lines() { awk -v p="$1" 'BEGIN { for (i = 1; i <= 300; i++) printf "{\"item_id\":\"c%d\",\"passed\":%s,\"cost_usd\":0.01}\n", i, i <= p ? "true" : "false" }'; }
npx() { cp results.in results.json; return 1; } # the tool that evaluates fails when any test does
# The text of a step's "run: >-", "run: |" or "run: command", by the step's name.
step() {
    awk -v name="- name: $1" '
        index($0, "      " name) == 1 { here = 1; next }
        here && /^      - / { exit }
        here && /^        run: [^|>]/ { sub(/^        run: /, ""); print; exit }
        here && /^        run:/ { body = 1; next }
        body && /^          / { sub(/^          /, ""); print; next }
        body { exit }' "$TESTDATA/ci/github-actions.yml"
}
folded() { step "$1" | tr '\n' ' '; } # of ">-"
export GITHUB_STEP_SUMMARY=$PWD/summary.md GITHUB_SHA=1111111111111111111111111111111111111111
echo "-- GitHub: push to main"
lines 280 > results.in
eval "$(step evaluate)"
eval "$(step bless)"; echo "exit $?"
echo "-- GitHub: pull request"
lines 240 > results.in
eval "$(step evaluate)"
eval "$(folded gate)"; echo "exit $?"
head -2 gate.md
cmp gate.md summary.md
grep -c '<failure' gate.junit.xml
echo "-- GitHub: the comment is made, then changed"
gh() { case "$*" in *--jq*) cat id ;; *) echo "gh $*" | sed "s/--method/\n  --method/" ;; esac; }
export GITHUB_REPOSITORY=o/r PR=7
: > id; eval "$(step comment)"
echo 42 > id; eval "$(step comment)"
echo "-- GitLab"
script() { # the lines of the job's script
    awk '/^  script:/ { here = 1; next } here && /^  [a-z]/ { exit } here' "$TESTDATA/ci/gitlab-ci.yml" |
        sed 's/^    - |$//; s/^    - //; s/^      //'
}
rm -f evals.db gate.*
lines 280 > results.in
CI_COMMIT_BRANCH=main CI_DEFAULT_BRANCH=main CI_COMMIT_SHA=abc sh -c "npx() { cp results.in results.json; return 1; }
$(script)"; echo "exit $?"
lines 285 > results.in
CI_COMMIT_BRANCH=x CI_DEFAULT_BRANCH=main sh -c "npx() { cp results.in results.json; return 1; }
$(script)"; echo "exit $?"
ls gate.*
