#!/bin/sh
# Ingests files into a new database and prints where its totals differ from the wanted ones.
#   check.sh LABEL MODE WANT FILE...   MODE calls, spans or events (see compare.jq); WANT a JSON object
set -eu
label=$1 mode=$2 want=$3
shift 3
rm -f check.db check.db-*
llmobs ingest -q --db check.db "$@" > /dev/null 2> check.err || cat check.err
sqlite3 check.db < "$TESTDATA/corpus/totals.sql" |
    jq -r --arg what "$label" --arg spans "$mode" --argjson want "$want" -f "$TESTDATA/corpus/compare.jq"
