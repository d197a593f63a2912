# The schema is the one in schemas/; the example of the manual is valid.
llmobs config schema | cmp - "$TESTDATA/../schemas/config.schema.json"
llmobs config show --no-config | head -n 3
sed -n '/^\.Bd -literal/,/^\.Ed/p' "$TESTDATA/../man/llmobs-config.1.in" | sed '1d;$d' > manual.json
llmobs config check manual.json
