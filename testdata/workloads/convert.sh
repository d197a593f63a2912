#!/bin/sh
# Turns a public request trace into JSON lines that llmobs reads; on standard output.
#   convert.sh llmperf FILE    llmperf results, a line per request. A latency of 0 stands for "no
#                              answer came", so it is left out, and so is a time to first token of 0.
#                              Its inter-token latency is latency / tokens, not the time per output
#                              token, and is left out, too.
#   convert.sh azure FILE      CSV with CRLF: TIMESTAMP (no zone: UTC), ContextTokens, GeneratedTokens
#   convert.sh mooncake FILE   timestamp in ms from the start of the trace, input_length, output_length
set -eu
case "${1-}" in
llmperf)
    sed -E 's/"inter_token_latency_s": [^,}]*, *//
            s/"(ttft_s|end_to_end_latency_s)": -?0(\.0*)?, *//g' "$2"
    ;;
azure)
    tr -d '\r' < "$2" | awk -F, -v model="$(basename "$2" .csv)" 'NR > 1 && NF == 3 {
        printf "{\"timestamp\":\"%s\",\"model\":\"%s\",\"input_tokens\":%s,\"output_tokens\":%s,\"id\":\"%s-%d\"}\n",
            $1, model, $2, $3, model, NR }'
    ;;
mooncake)
    # The trace starts at 0: it is placed at 2024-01-01T00:00:00Z.
    sed -E 's/"hash_ids": \[[^]]*\]//' "$2" | awk -v model="$(basename "$2" .jsonl)" '{
        gsub(/[{}" ]/, ""); t = ""; i = ""; o = "";
        n = split($0, field, ",");
        for (k = 1; k <= n; k++) {
            split(field[k], pair, ":");
            if (pair[1] == "timestamp") t = pair[2];
            if (pair[1] == "input_length") i = pair[2];
            if (pair[1] == "output_length") o = pair[2];
        }
        printf "{\"timestamp\":%.0f,\"model\":\"%s\",\"input_tokens\":%s,\"output_tokens\":%s,\"id\":\"%s-%d\"}\n",
            1704067200000 + t, model, i, o, model, NR }'
    ;;
*)
    echo "usage: convert.sh llmperf|azure|mooncake FILE" >&2
    exit 2
    ;;
esac
