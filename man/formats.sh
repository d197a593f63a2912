#!/bin/sh
# Writes man/llmobs-formats.7 to standard output: the prose of llmobs-formats.7.in, the formats as the
# program lists them, and the first line of each one's samples as its example.
#   formats.sh PROGRAM
set -eu
program=$1
root=$(cd "$(dirname "$0")/.." && pwd)

formats() {
    echo '.Bl -tag -width Ds'
    "$program" ingest --from list | while read -r name summary; do
        printf '.It Cm %s\n%s\n.Bd -literal\n' "$name" "$summary"
        head -n 1 "$root/testdata/formats/$name/sample.jsonl" | fold -w 76 | sed 's/\\/\\e/g; s/^[.'"'"']/\\\&&/; s/-/\\-/g; s/ $/\\ /' |
            awk 'NR <= 6; NR == 7 { print "\\&..." }'
        echo '.Ed'
    done
    echo '.El'
}

while IFS= read -r line; do
    if [ "$line" = @FORMATS@ ]; then formats; else printf '%s\n' "$line"; fi
done < "$root/man/llmobs-formats.7.in"
