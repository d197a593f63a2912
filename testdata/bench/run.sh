#!/bin/bash
# The benchmark behind `make bench`: the same log through llmobs and through its peers, in turns, in
# one run; prints medians and ratios (llmobs / peer, below 1 is faster). No thresholds.
#   BENCH_LINES=1000000  lines of the big log (lean, about 830 bytes, 24 fields; 10000000 needs 20 GB)
#   BENCH_SMALL=100000   lines of the log for peers that need minutes for the big one
#   BENCH_RUNS=3         runs of each
#   BENCH_MIB=256        size of the Claude Code and OTLP logs
#   BENCH_BIG_MIB=1024   size of the inputs whose peak memory is measured, once each; 0: none
# usage: run.sh BUILD-FOLDER (holds llmobs, workload, traces, measure; scratch files go to BUILD-FOLDER/bench)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
lines=${BENCH_LINES:-1000000}
small=${BENCH_SMALL:-100000}
runs=${BENCH_RUNS:-3}
mib=${BENCH_MIB:-256}
big_mib=${BENCH_BIG_MIB:-1024}
work=$build/bench
results=$work/results.tsv
missing=""
export LLMOBS_TZ=UTC

mkdir -p "$work"
: > "$results"
cd "$work"

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" > /dev/null 2>&1; }
measure() { "$build/measure" "$results" "$@"; }
skip() { missing="$missing$1: $2"$'\n'; }

# ---- what there is to compare with -------------------------------------------------------------
duckdb=""
if have node && have npm; then
    if [ ! -d node/node_modules/@duckdb/node-api ]; then
        say "installing DuckDB through npm ..."
        mkdir -p node
        (cd node && npm install --silent --no-fund --no-audit --prefix . @duckdb/node-api) > npm.log 2>&1 || true
    fi
    if [ -d node/node_modules/@duckdb/node-api ]; then
        cp "$here/duckdb.mjs" node/duckdb.mjs
        duckdb="node node/duckdb.mjs"
    else
        skip DuckDB "npm could not install @duckdb/node-api"
    fi
else
    skip DuckDB "no node and npm"
fi
for tool in jq mlr sqlite3 python3; do
    have $tool || skip $tool "not installed"
done

# ccusage is a native program since version 20, and a registry may lag behind with it.
ccusage=""
if have npm; then
    if [ ! -x node/node_modules/.bin/ccusage ]; then
        say "installing ccusage through npm ..."
        native=@ccusage/ccusage-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
        mkdir -p node
        (cd node && npm install --silent --no-fund --no-audit --prefix . \
            "ccusage@$(npm view "$native" version)") > npm.log 2>&1 || true
    fi
    if node/node_modules/.bin/ccusage --version > ccusage.version 2>&1; then
        ccusage=node/node_modules/.bin/ccusage
    else
        skip ccusage "npm could not install it"
    fi
fi

# ---- the logs ----------------------------------------------------------------------------------
log() { # NAME LINES KIND
    if [ ! -f "$1" ] || [ "$(cat "$1.size" 2> /dev/null)" != "$2 $3" ]; then
        say "writing $1 ..."
        "$build/workload" "$2" "$3" > "$1"
        echo "$2 $3" > "$1.size"
    fi
}
log lean.jsonl "$lines" lean
log fat.jsonl "$((lines / 2))" fat
log small.jsonl "$small" lean
for format in claude-code otlp; do
    if [ "$(cat $format.jsonl.size 2> /dev/null)" != "$mib" ]; then
        say "writing $format.jsonl ..."
        "$build/traces" "$mib" $format > $format.jsonl
        echo "$mib" > $format.jsonl.size
    fi
done

# ccusage wants the folders of Claude Code, and follows no symbolic links.
mkdir -p claude/projects/service
ln -f claude-code.jsonl claude/projects/service/session.jsonl

columns="{timestamp:'TIMESTAMP',service:'VARCHAR',environment:'VARCHAR',request_id:'VARCHAR',trace_id:'VARCHAR',span_id:'VARCHAR',session_id:'VARCHAR',user_id:'VARCHAR',feature:'VARCHAR',model:'VARCHAR',provider:'VARCHAR',prompt_name:'VARCHAR',prompt_version:'VARCHAR',input_tokens:'BIGINT',output_tokens:'BIGINT',cache_read_tokens:'BIGINT',latency_ms:'DOUBLE',ttft_ms:'DOUBLE',cost_usd:'DOUBLE',status:'VARCHAR',finish_reason:'VARCHAR',input_hash:'VARCHAR',output_hash:'VARCHAR',user_agent:'VARCHAR'}"
create="CREATE TABLE calls AS SELECT * FROM read_json('lean.jsonl', format='newline_delimited', columns=$columns); CHECKPOINT"
figures="count(*), quantile_cont(latency_ms, [0.5, 0.95, 0.99]), sum(input_tokens), sum(output_tokens), sum(cost_usd), sum(latency_ms * output_tokens) / sum(output_tokens)"
by_feature="SELECT feature, $figures FROM calls GROUP BY 1 ORDER BY 2 DESC"
by_day_model="SELECT date_trunc('day', timestamp), model, $figures FROM calls GROUP BY 1, 2 ORDER BY 1, 3 DESC"
by_feature_where="SELECT feature, $figures FROM calls WHERE model LIKE 'gpt-%' AND latency_ms > 2000 GROUP BY 1 ORDER BY 2 DESC"
by_meta="SELECT user_agent, $figures FROM calls GROUP BY 1 ORDER BY 2 DESC"
by_user="SELECT user_id, $figures FROM calls GROUP BY 1 ORDER BY 2 DESC LIMIT 20"
shown=calls,p50,p95,p99,input_tokens,output_tokens,cost,token_weighted_latency_us

# ---- big log: ingest and report, in turns ------------------------------------------------------
for i in $(seq "$runs"); do
    say "run $i of $runs"
    rm -f lean.db lean.db-* duck.db*
    measure ingest/llmobs "$build/llmobs" ingest -q --db lean.db lean.jsonl
    [ -z "$duckdb" ] || measure ingest/DuckDB $duckdb duck.db "$create"
    rm -f fat.db fat.db-*
    measure fat/llmobs "$build/llmobs" ingest -q --no-scan --db fat.db fat.jsonl
    rm -f fat.db fat.db-*
    measure scanned/llmobs "$build/llmobs" ingest -q --db fat.db fat.jsonl
    for format in claude-code otlp; do
        rm -f format.db format.db-*
        measure ${format%-code}/llmobs "$build/llmobs" ingest -q --db format.db $format.jsonl
    done
    measure again/llmobs "$build/llmobs" ingest -q --db lean.db lean.jsonl
    measure feature/llmobs "$build/llmobs" report --db lean.db --by feature --columns $shown
    [ -z "$duckdb" ] || measure feature/DuckDB $duckdb duck.db "$by_feature"
    measure user/llmobs "$build/llmobs" report --db lean.db --by user --limit 20 --columns $shown
    [ -z "$duckdb" ] || measure user/DuckDB $duckdb duck.db "$by_user"
    measure daymodel/llmobs "$build/llmobs" report --db lean.db --by day,model --columns $shown
    [ -z "$duckdb" ] || measure daymodel/DuckDB $duckdb duck.db "$by_day_model"
    measure where/llmobs "$build/llmobs" report --db lean.db --by feature --where 'model=gpt-*' --where 'latency>2s' --columns $shown
    [ -z "$duckdb" ] || measure where/DuckDB $duckdb duck.db "$by_feature_where"
    measure meta/llmobs "$build/llmobs" report --db lean.db --by meta.user_agent --columns $shown
    [ -z "$duckdb" ] || measure meta/DuckDB $duckdb duck.db "$by_meta"
    measure agent/llmobs "$build/llmobs" report cost --by day claude-code.jsonl
    [ -z "$ccusage" ] || CLAUDE_CONFIG_DIR=$work/claude measure agent/ccusage $ccusage daily --json --offline
done

# ---- one call, one day, a log that grew --------------------------------------------------------
id=$(head -n $((lines / 2)) lean.jsonl | tail -n 1 | sed 's/.*"request_id": *"\([^"]*\)".*/\1/')
rm -f day.db day.db-*
"$build/llmobs" ingest -q --db day.db small.jsonl
for i in $(seq "$runs"); do
    measure trace/llmobs "$build/llmobs" trace --db lean.db "$id"
    measure why/llmobs "$build/llmobs" why --db lean.db "$id"
    measure day/llmobs "$build/llmobs" report --db day.db --by feature
    cp small.jsonl grown.jsonl
    rm -f grown.db grown.db-*
    "$build/llmobs" ingest -q --db grown.db grown.jsonl
    "$build/workload" $((small + small / 10)) lean | tail -n $((small / 10)) >> grown.jsonl
    measure grown/llmobs "$build/llmobs" ingest -q --db grown.db grown.jsonl
done

# ---- small log: a report straight from the file ------------------------------------------------
jq_program='reduce inputs as $x ({}; .[$x.feature] |= {n: (.n + 1), cost: (.cost + $x.cost_usd), l: (.l + [$x.latency_ms])})
    | map_values({n, cost, p95: (.l | sort | .[(length * 0.95 | floor)])})'
sqlite_script=".mode ascii
.separator \"\\001\" \"\\n\"
CREATE TABLE line (text TEXT);
.import small.jsonl line
SELECT text ->> 'feature', count(*), sum(text ->> 'cost_usd'), avg(text ->> 'latency_ms') FROM line GROUP BY 1;"
echo "$sqlite_script" > sqlite.sql
for i in $(seq "$runs"); do
    measure file/llmobs "$build/llmobs" report --by feature small.jsonl
    [ -z "$duckdb" ] || measure file/DuckDB $duckdb :memory: "SELECT feature, $figures FROM read_json('small.jsonl', format='newline_delimited', columns=$columns) GROUP BY 1 ORDER BY 2 DESC"
    ! have jq || measure file/jq jq -n "$jq_program" small.jsonl
    ! have mlr || measure file/mlr mlr --ijsonl --ojson stats1 -a count,p50,p95,p99 -f latency_ms -g feature then cat small.jsonl
    ! have sqlite3 || measure file/sqlite3 sqlite3 :memory: ".read sqlite.sql"
    ! have python3 || measure file/python python3 "$here/rows.py" small.jsonl
done

for i in 1 2 3 4 5; do
    measure start/llmobs "$build/llmobs" --version
done

# ---- peak memory of big inputs -----------------------------------------------------------------
big() { # NAME, the input on standard input
    say "$1 of $big_mib MiB ..."
    cat > big.json
    rm -f big.db big.db-*
    measure "$1/llmobs" "$build/llmobs" ingest -q --db big.db big.json || true
    calls=$("$build/llmobs" report --db big.db --by source --columns calls -f csv -q 2> /dev/null |
        awk -F, 'NR > 1 { n += $2 } END { print n + 0 }')
    awk -F'\t' -v name="$1" -v calls="$calls" '$1 == name "/llmobs" {
        printf "%-9s %9.1f MiB of %.1f (64 MiB + 24 B for each of %d calls)\n", name, $4,
            64 + 24 * calls / 1048576, calls }' "$results" >> memory.txt
    rm -f big.db big.db-* big.json
}
: > memory.txt
if [ "$big_mib" -gt 0 ]; then
    {
        echo '['
        "$build/workload" $((big_mib * 1260)) lean | sed '$!s/$/,/'
        echo ']'
    } | big array
    "$build/traces" "$big_mib" otlp-document | big document
    "$build/traces" "$big_mib" otlp-pretty | big pretty
    {
        "$build/workload" 1000 lean
        printf '{"model":"m","input_tokens":1,"prompt":"'
        head -c "${big_mib}M" /dev/zero | tr '\0' x
        printf '"}\n'
    } | big line
fi

# ---- the table ---------------------------------------------------------------------------------
bytes=$(stat -c %s lean.jsonl)
echo "log of $lines lines, $((bytes / lines)) B each, $runs runs in turns, $(nproc) cores; medians"
echo "ingest: durable and deduplicated against a plain table; again: nothing new; file: no database;"
echo "fat: lines of 1.7 kB, scanners off; scanned: the same with them on"
echo "agent: cost by day straight from the Claude Code log; day: $small calls; grown: by a tenth of that"
median='
    function median(key, k,   n, i, j, t, v) {
        n = count[key]
        for (i = 1; i <= n; i++) v[i] = value[key, i, k]
        for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
        return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
    }
    {
        if (!($1 in count)) order[++keys] = $1
        count[$1]++
        for (k = 2; k <= 4; k++) value[$1, count[$1], k] = $k
        if ($5 != 0) failed[$1] = $5
    }'
awk -F'\t' "$median"'
    END {
        printf "%-9s %-9s %9s %9s %9s   %s\n", "what", "who", "wall s", "CPU s", "peak MiB", "llmobs / it: wall, CPU"
        for (i = 1; i <= keys; i++) {
            split(order[i], part, "/")
            wall = median(order[i], 2); cpu = median(order[i], 3)
            line = sprintf("%-9s %-9s %9.3f %9.3f %9.1f", part[1], part[2], wall, cpu, median(order[i], 4))
            if (part[2] == "llmobs") { our_wall = wall; our_cpu = cpu }
            else line = line sprintf("   %.2f  %.2f", our_wall / wall, our_cpu / cpu)
            if (order[i] in failed) line = line "   failed with status " failed[order[i]]
            print line
        }
    }' "$results"
echo
echo "bytes read for each second, and against ingest's lines (goal: 0.60)"
awk -F'\t' -v ingest="$bytes" -v claude="$(stat -c %s claude-code.jsonl)" -v otlp="$(stat -c %s otlp.jsonl)" \
    "$median"'
    function rate(name, size, k) { return size / median(name "/llmobs", k) }
    function line(name, size) {
        printf "%-9s %9.1f MB/s  %5.2f of wall  %5.2f of CPU time\n", name, rate(name, size, 2) / 1e6,
            rate(name, size, 2) / rate("ingest", ingest, 2), rate(name, size, 3) / rate("ingest", ingest, 3)
    }
    END { line("ingest", ingest); line("claude", claude); line("otlp", otlp) }' "$results"
echo
if [ -s memory.txt ]; then
    echo "peak memory of $big_mib MiB: a JSON array, an OTLP document in one line and in many, and a"
    echo "line that is too long"
    cat memory.txt
    echo
fi
echo "the parser alone, CPU time of one core, 2 MiB in memory, all checks on; below the fastest way, what"
echo "each check takes by itself over the bytes that it concerns, and the rest (goal: 1.5 GB/s)"
for name in lean fat otlp; do
    "$build/json_speed" $name.jsonl | sed "s/^/$name: /"
done
echo
echo "database: $(($(stat -c %s lean.db) / lines)) B per call"
[ ! -s ccusage.version ] || cat ccusage.version
echo

# ---- the goals ---------------------------------------------------------------------------------
# what to divide: wall or cpu of one row by that of another; seconds of one; bytes a second of one, or
# against those of ingest.
echo "goals (those of reports are for 10 million lines: BENCH_LINES=10000000)"
awk -F'\t' -v ingest="$bytes" -v fat="$(stat -c %s fat.jsonl)" -v claude="$(stat -c %s claude-code.jsonl)" \
    -v otlp="$(stat -c %s otlp.jsonl)" -v per_call="$(($(stat -c %s lean.db) / lines))" "$median"'
    function goal(label, limit, value, unit, least) {
        met = value == "" ? "not run" : (least ? value >= limit : value <= limit) ? "met" : "missed"
        printf "  %-52s %s %-7s %9s  %s\n", label, least ? ">=" : "<=", limit unit,
            value == "" ? "-" : sprintf("%.3g%s", value, unit), met
    }
    function ratio(what, peer, k) {
        return (what "/llmobs") in count && (what "/" peer) in count \
            ? median(what "/llmobs", k) / median(what "/" peer, k) : ""
    }
    function rate(what, size) { return size / median(what "/llmobs", 2) / (ingest / median("ingest/llmobs", 2)) }
    END {
        goal("ingest against DuckDB, wall", 0.30, ratio("ingest", "DuckDB", 2))
        goal("ingest against DuckDB, CPU", 0.28, ratio("ingest", "DuckDB", 3))
        goal("fat lines, input of a second", 1.2, fat / median("fat/llmobs", 2) / 1e9, "GB/s", 1)
        goal("Claude Code, of the generic bytes a second", 0.6, rate("claude", claude), "", 1)
        goal("OTLP, of the generic bytes a second", 0.6, rate("otlp", otlp), "", 1)
        goal("nothing new", 0.010, median("again/llmobs", 2), "s")
        goal("bytes of database a call, four ids", 175, per_call, "B")
        goal("start-up", 0.005, median("start/llmobs", 2), "s")
        goal("report on a day of calls", 0.020, median("day/llmobs", 2), "s")
        goal("one trace by its id", 0.050, median("trace/llmobs", 2), "s")
        goal("why one call, by its id", 0.050, median("why/llmobs", 2), "s")
        goal("report by feature against DuckDB, wall", 0.12, ratio("feature", "DuckDB", 2))
        goal("report by feature", 0.100, median("feature/llmobs", 2), "s")
        goal("report by user against DuckDB, wall", 0.25, ratio("user", "DuckDB", 2))
        goal("report by day and model against DuckDB, wall", 0.25, ratio("daymodel", "DuckDB", 2))
        goal("report --where against DuckDB, wall", 0.25, ratio("where", "DuckDB", 2))
        goal("report by meta.KEY against DuckDB, wall", 0.25, ratio("meta", "DuckDB", 2))
    }' "$results"
[ -z "$missing" ] || printf 'not run: %s' "$missing"
