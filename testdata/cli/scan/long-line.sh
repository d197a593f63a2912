# A line over --max-line is said to be left out, not passed over in silence.
printf 'a@cd.de\n%s b@cd.de\n' "$(printf 'x%.0s' $(seq 200))" >text
llmobs scan --pii --max-line 100 text
