#!/bin/bash
# Runs everything that `make test` runs, and counts it:
#   unit tests    Criterion binaries named in UNITS, each under $RUNNER; ONLY_UNITS=1 stops there.
#                 ONLY_QUICK=1 leaves out tests that take 0.2 s without a runner: with one they
#                 would take half a minute each
#   golden cases  testdata/cli/<command>/<name>.sh in an empty folder; .out, .err and .exit beside it
#                 are what is wanted. No .out or .err: that stream stays empty; no .exit: 0.
#                 Exit 77 skips a case (something it needs is not on this machine).
#   documents     the console blocks of README.md, whose shown output must be what comes, and the
#                 examples in man/, which must run
# Names of cases as arguments (report/by-feature) run only these. BUILD is the folder with the
# program, UPDATE=1 rewrites what is wanted. The last line is "N passed, M failed, K skipped".
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$root" && cd "${BUILD:-build/release}" && pwd) || exit 2
testdata=$root/testdata
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0 skipped=0

fail() {
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$1"
}

# hermetic FOLDER COMMAND...: runs it there, in the one environment that all cases share
hermetic() {
    local folder=$1
    shift
    (cd "$folder" && exec env -i PATH="$build:$PATH" HOME="$folder" TMPDIR="$scratch" TZ=UTC \
        LC_ALL=C.UTF-8 COLUMNS=100 SOURCE_DATE_EPOCH=1795258200 TESTDATA="$testdata" \
        ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} \
        ${UBSAN_OPTIONS:+UBSAN_OPTIONS="$UBSAN_OPTIONS"} "$@")
}

# ---- unit tests ---------------------------------------------------------------------------------

# The number behind a word in Criterion's closing line; nothing when it did not come that far.
count_of() {
    sed -n "s/.*Synthesis:.*$1: \([0-9]*\).*/\1/p" "$2" | tail -n 1
}

# The names of a binary's slow tests, one a line.
slow_tests() {
    (cd "$root" && "$1" --verbose 2>&1 </dev/null) |
        sed -n 's/^\[[A-Z]*\] .*::\([^:]*\): (\(0\.[2-9].\|[1-9][0-9]*\...\)s)$/\1/p'
}

# start_unit BINARY NUMBER: leaves NUMBER.log, NUMBER.rc and in NUMBER.slow what was left out
start_unit() {
    local rc=0 filter=""
    : >"$scratch/$2.slow"
    [ -z "${ONLY_QUICK:-}" ] || slow_tests "$1" >"$scratch/$2.slow"
    [ ! -s "$scratch/$2.slow" ] ||
        filter="--filter !(*/@($(tr '\n' '|' <"$scratch/$2.slow" | sed 's/|$//')))"
    # shellcheck disable=SC2086 # RUNNER and filter are lists of words, and no file names
    (set -f && cd "$root" && exec ${RUNNER:-} "$1" --verbose $filter) \
        >"$scratch/$2.log" 2>&1 </dev/null || rc=$?
    echo $rc >"$scratch/$2.rc"
}

count_unit() {
    local log=$scratch/$2.log rc passing bad skips
    rc=$(cat "$scratch/$2.rc")
    passing=$(count_of Passing "$log")
    bad=$(count_of Failing "$log")
    skips=$(($(grep -c '^\[SKIP\]' "$log") + $(wc -l <"$scratch/$2.slow")))
    if [ -z "$passing" ] || { [ "$rc" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
        bad=$((${bad:-0} + 1)) # it broke outside of a test, or its runner found something
    fi
    # No test at all: Criterion found none, as it does where /proc is missing.
    [ $((${passing:-0} + bad + skips)) -gt 0 ] || bad=1
    passed=$((passed + ${passing:-0}))
    failed=$((failed + bad))
    skipped=$((skipped + skips))
    sed -n 's/^# /  /p' "$log" # figures that a test has to tell
    [ "$bad" -eq 0 ] && return
    printf 'FAIL %s (exit %s)\n' "${1#"$build/"}" "$rc"
    grep -v -e '^\[RUN \]' -e '^\[PASS\]' "$log" | head -n 100
}

# As many at once as there are processors, counted in order.
run_units() {
    local n=0 unit
    for unit in "$@"; do
        while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
        n=$((n + 1))
        start_unit "$unit" $n &
    done
    wait
    n=0
    for unit in "$@"; do
        n=$((n + 1))
        count_unit "$unit" $n
    done
}

# ---- golden cases -------------------------------------------------------------------------------

# matches WANTED GOT: WANTED may be missing, then GOT must be empty. Writes WANTED with UPDATE=1.
matches() {
    if [ -n "${UPDATE:-}" ]; then
        if [ -s "$2" ]; then cp "$2" "$1"; else rm -f "$1"; fi
        return 0
    fi
    if [ -e "$1" ]; then
        cmp -s "$1" "$2" || diff -u "$1" "$2"
    else
        [ ! -s "$2" ] || diff -u /dev/null "$2"
    fi
}

run_case() {
    local script=$1 name=${1#"$testdata/cli/"} base=${1%.sh} work=$scratch/work got=$scratch/got rc
    name=${name%.sh}
    rm -rf "$work" "$got"
    mkdir "$work" "$got"
    hermetic "$work" sh "$script" >"$got/out" 2>"$got/err" </dev/null
    rc=$?
    if [ $rc -eq 77 ]; then
        skipped=$((skipped + 1))
        return
    fi
    [ $rc -eq 0 ] || echo $rc >"$got/exit"
    touch "$got/exit"
    if matches "$base.out" "$got/out" >"$got/diff" &&
        matches "$base.err" "$got/err" >>"$got/diff" &&
        matches "$base.exit" "$got/exit" >>"$got/diff"; then
        passed=$((passed + 1))
        return
    fi
    fail "$name"
    # All three: what went wrong is mostly in the other stream.
    for part in out err exit; do matches "$base.$part" "$got/$part"; done | head -n 60
}

# ---- documents ----------------------------------------------------------------------------------

# Splits the console blocks of a text into N.cmd and N.want, a pair for each line that begins with $.
split_blocks() {
    awk -v to="$2" '
        /^```console$/ { inside = 1; next }
        /^```/ { inside = 0; next }
        !inside { next }
        /^\$ / { n++; name = sprintf("%s/%03d", to, n); print substr($0, 3) > (name ".cmd")
                 printf "" > (name ".want"); next }
        n { print > (name ".want") }' "$1"
}

run_readme() {
    local text=$root/README.md work=$scratch/work steps=$scratch/steps step want line
    [ -e "$text" ] || return
    rm -rf "$work" "$steps"
    mkdir "$work" "$steps"
    ln -s "$testdata" "$work/testdata"
    split_blocks "$text" "$steps"
    for step in "$steps"/*.cmd; do
        [ -e "$step" ] || return
        want=${step%.cmd}.want
        hermetic "$work" sh "$step" >"$steps/got" 2>&1 </dev/null
        if cmp -s "$want" "$steps/got"; then
            passed=$((passed + 1))
            continue
        fi
        read -r line <"$step"
        fail "README.md: $line"
        diff -u "$want" "$steps/got" | head -n 40
    done
}

# The examples of one manual page in a folder that has what they speak of.
run_manual() {
    local work=$scratch/work line
    rm -rf "$work"
    mkdir -p "$work/logs"
    "$testdata/demo.sh" 60 >"$work/logs.jsonl"
    echo 'not JSON' >>"$work/logs.jsonl"
    gzip -k "$work/logs.jsonl"
    cp "$work/logs.jsonl" "$work/logs"
    head -n 1 "$testdata/cli/trace/data/chain.otlp.jsonl" >"$work/trace.json"
    seq 1 20 | sed 's/.*/{"item_id":"case\/&","passed":true,"output_tokens":&}/' |
        tee "$work/main.json" >"$work/run.json"
    echo '{"timestamp":"2026-11-18T10:00:00Z","request_id":"r1","model":"gpt-4o","prompt_name":"refund","prompt_version":"v7","latency_ms":900}' >"$work/prompts.jsonl"
    echo '{"request_id":"r1","quality":4}' >"$work/scores.jsonl"
    echo '{"type": "object"}' >"$work/schema.json"
    echo 'mail anna.schmidt@firma.de' >"$work/notes.txt"
    printf 'family\tkind\tpattern\npii\tstaff_id\t\\bE\\d{6}\\b\n' >"$work/staff.tsv"
    hermetic "$work" llmobs ingest -q logs.jsonl prompts.jsonl "$testdata/cli/trace/data/chain.otlp.jsonl" \
        "$testdata/formats/pi/sample.jsonl" 2>/dev/null
    hermetic "$work" llmobs ingest -q --db anna.db logs.jsonl 2>/dev/null
    hermetic "$work" llmobs ingest -q --db ben.db prompts.jsonl
    sed -n 's/^\$ //; T; s/\\(dq/"/g; s/\\-/-/g; s/\\e/\\/g; p' "$1" >"$scratch/examples"
    while read -r line; do
        if hermetic "$work" sh -c "$line" >"$scratch/said" 2>&1 </dev/null; then
            passed=$((passed + 1))
        else
            fail "${1#"$root/"}: $line (exit $?)"
            head -n 20 "$scratch/said"
        fi
    done <"$scratch/examples"
}

# ---- all of it ----------------------------------------------------------------------------------

# shellcheck disable=SC2086 # a list of words
run_units ${UNITS:-}
if [ $# -gt 0 ]; then
    for name in "$@"; do run_case "$testdata/cli/${name%.sh}.sh"; done
elif [ -z "${ONLY_UNITS:-}" ]; then
    for script in "$testdata"/cli/*/*.sh; do run_case "$script"; done
    run_readme
    for page in "$root"/man/*.1; do run_manual "$page"; done
fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
