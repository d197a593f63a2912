# The version of llmobs and of what it runs with, whichever way it is asked for.
llmobs version > version.txt
llmobs --version | cmp - version.txt
llmobs report --version | cmp - version.txt
sed 's/ [0-9][0-9.]*/ N/g' version.txt
