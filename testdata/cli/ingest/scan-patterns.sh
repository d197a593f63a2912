# Patterns of one's own count like the built-in ones.
printf 'family\tkind\tpattern\npii\tstaff_id\t\\bE\\d{6}\\b\n' >own.tsv
echo '{"model":"m","input_tokens":9,"prompt":"who is E123456?","response":"E123456 is E654321"}' |
    llmobs ingest -q --patterns own.tsv -
sqlite3 llmobs.db "SELECT kind, side, n FROM v_findings"
llmobs report safety --columns pii_rate,pii_input_rate
