#!/bin/sh
# What a database says, in an order that does not depend on how it came about: the views without
# their row numbers (two databases may number the same calls otherwise).
#   dump.sh FILE
set -eu
for view in v_calls v_spans v_tool_calls v_branch_decisions v_scores v_embeddings v_quarantine; do
    columns=$(sqlite3 "$1" "SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('$view')
        WHERE name NOT IN ('call_id', 'span_row', 'tool_call_id', 'branch_id', 'score_id', 'embedding_id',
                           'quarantine_id', 'source_id', 'source_line', 'path', 'line', 'offset')")
    echo "$view"
    case $view in v_embeddings) columns=$(echo "$columns" | sed 's/"vector"/hex(vector)/') ;; esac
    sqlite3 "$1" "SELECT $columns FROM $view" | LC_ALL=C sort
done
