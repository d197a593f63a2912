# All commands; the same for each way to ask. Without a command that is an error.
llmobs help > help.txt
llmobs --help | cmp - help.txt
llmobs -h | cmp - help.txt
cat help.txt
llmobs
