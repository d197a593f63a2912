# Patterns of one's own: with and without a trigger.
printf 'family\tkind\tpattern\ttriggers\tcheck\n' >own.tsv
printf 'pii\tstaff_id\t\\bE\\d{6}\\b\t\t\n' >>own.tsv
printf 'secrets\tbadge\tbadge \\K\\d{16}\tbadge \tluhn\n' >>own.tsv
echo 'E123456 has badge 4111111111111111, E654321 has badge 4111111111111112' >text
llmobs scan --patterns own.tsv --show --secrets text
llmobs scan --patterns own.tsv --fail-on staff_id --pii text || echo "exit $?"
