# A file whose last line is cut off is read up to it, and that is said; what is cut off may be all of it.
echo '{"model":"m","input_tokens":1,"output_tokens":2}' > whole.jsonl
{ cat whole.jsonl; printf '{"model":"m","input_tok'; } > cut.jsonl
printf '{"rules":[' > rules.json
llmobs report cut.jsonl --columns calls
llmobs report -q cut.jsonl --columns calls
llmobs report whole.jsonl --columns calls -q
llmobs check rules.json whole.jsonl
echo "exit $?"
