# The pages in git are those that the program and man/*.1.in give; `make man` writes them.
for prose in "$TESTDATA"/../man/*.1.in; do
    page=$(basename "$prose" .1.in)
    verb=${page#llmobs}
    llmobs help --man ${verb#-} < "$prose" > "$page.1"
    diff "$TESTDATA/../man/$page.1" "$page.1"
done
"$TESTDATA/../man/formats.sh" llmobs | diff "$TESTDATA/../man/llmobs-formats.7" -
