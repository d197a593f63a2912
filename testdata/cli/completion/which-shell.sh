# The shell must be named, and be one of three.
exec 2>&1
llmobs completion; echo "exit $?"
llmobs completion tcsh; echo "exit $?"
llmobs completion bash zsh; echo "exit $?"
