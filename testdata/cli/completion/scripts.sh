# The scripts are valid where the shell is there to say so, and complete as they should in bash.
llmobs completion bash > llmobs.bash
llmobs completion zsh > _llmobs
llmobs completion fish > llmobs.fish
bash -n llmobs.bash
if command -v zsh > /dev/null; then zsh -n _llmobs; fi
if command -v fish > /dev/null; then fish -n llmobs.fish; fi
cat > complete.bash <<'BASH'
source ./llmobs.bash
compopt() { :; } # bash lets only a running completion call it
complete_line() {
    COMP_WORDS=("$@")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _llmobs
    printf '%s => %s\n' "$*" "${COMPREPLY[*]}"
}
touch some.jsonl
complete_line llmobs ''
complete_line llmobs rep
complete_line llmobs report --li
complete_line llmobs report --format ''
complete_line llmobs report --format = js
complete_line llmobs report -f c
complete_line llmobs report --by fea
complete_line llmobs report --by feature,mod
complete_line llmobs report cos
complete_line llmobs report cost so
complete_line llmobs report --by feature cos
complete_line llmobs report --output so
complete_line llmobs report --limit ''
complete_line llmobs ingest so
complete_line llmobs ingest --from cl
complete_line llmobs quarantine ''
complete_line llmobs completion z
complete_line llmobs help quar
BASH
bash complete.bash
