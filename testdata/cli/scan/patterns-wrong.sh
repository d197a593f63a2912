# What is wrong with a table is said with its place.
printf 'family\tkind\tpattern\nshame\tx\ty\n' >family.tsv
printf 'family\tkind\tpattern\npii\tx\t(\n' >pattern.tsv
printf 'kind\tpattern\n' >column.tsv
for f in family pattern column none; do llmobs scan --patterns $f.tsv /dev/null || echo "exit $?"; done
