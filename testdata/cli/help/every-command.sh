# Each command has a summary, an example, help on one screen of 24 by 80, a manual page and a golden
# case. `help X` is `X --help`.
commands=$(llmobs help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | grep -v '^llmobs$')
for command in $commands; do
    llmobs "$command" -h > brief.txt
    awk -v c="$command" 'length > 80 { print c ": -h: line of " length " columns: " $0 }
        END { if (NR > 24) print c ": -h: " NR " lines" }' brief.txt
    llmobs "$command" --help > full.txt
    llmobs help "$command" | cmp - full.txt
    awk -v c="$command" 'length > 80 { print c ": --help: line of " length " columns: " $0 }' full.txt
    grep -q "^usage: llmobs $command" full.txt || echo "$command: no usage"
    sed 1,/^EXAMPLES/d full.txt | grep -q '^  .*llmobs' || echo "$command: no example"
    [ -s "$TESTDATA/../man/llmobs-$command.1.in" ] || echo "$command: no manual"
    ls "$TESTDATA/cli/$command/"*.sh > /dev/null || echo "$command: no golden case"
done
echo $commands
