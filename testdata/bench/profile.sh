#!/bin/bash
# Where the time goes: the functions that an ingest of generic lines, one of OTLP and a report by
# feature spend it in. By perf where the kernel lets it, else by callgrind, which counts instructions.
#   PROFILE_LINES=200000  lines of the log;  PROFILE_TOP=25  functions shown
# usage: profile.sh BUILD-FOLDER
set -eu

build=$(cd "$1" && pwd)
lines=${PROFILE_LINES:-200000}
top=${PROFILE_TOP:-25}
work=$build/profile
mkdir -p "$work"
cd "$work"
rm -f ./*

profile() { # NAME COMMAND...
    local name=$1
    shift
    echo "== $name"
    if perf record -q -o perf.data true > /dev/null 2>&1; then
        perf record -q -F 2000 -o perf.data "$@" > /dev/null
        perf report -i perf.data --no-children --sort sym --stdio 2> /dev/null |
            grep -E '^ +[0-9]' | head -n "$top"
    else
        valgrind -q --tool=callgrind --callgrind-out-file=callgrind.out "$@" > /dev/null
        callgrind_annotate callgrind.out | grep -E '^ *[0-9,]+ \(' | head -n "$top"
    fi
}

"$build/workload" "$lines" lean > lean.jsonl
"$build/traces" $((lines * 8 / 10000)) otlp > otlp.jsonl
profile "ingest of $lines generic lines" "$build/llmobs" ingest -q --db lean.db lean.jsonl
profile "ingest of $(stat -c %s otlp.jsonl) bytes of OTLP" "$build/llmobs" ingest -q --db otlp.db otlp.jsonl
profile "report by feature" "$build/llmobs" report --db lean.db --by feature
rm -f ./*
