# --patterns has its variable and its place in a configuration file, like all that is shared.
printf 'family\tkind\tpattern\npii\tstaff_id\t\\bE\\d{6}\\b\n' >own.tsv
echo 'E123456' >text
LLMOBS_PATTERNS=own.tsv llmobs scan -q text
echo '{"patterns": "own.tsv"}' >config.json
llmobs scan -q --config config.json text
