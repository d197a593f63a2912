# What was changed stands behind the bar of its day; behind a gap, too; what was changed on a day
# without calls is a note. A mark from a file or a terminal obeys no escape.
cp "$TESTDATA"/cli/report/data/s004-calls.jsonl .
llmobs ingest -q s004-calls.jsonl
llmobs annotate 'prompt v7' --at 2026-11-19T08:59:00Z --kind prompt
llmobs annotate "$(printf 'index \033[31mrebuilt')" --at 2026-11-19T10:00:00Z --kind kb
llmobs annotate 'a deploy whose words go on and on, until nobody reads them any more' --at 2026-11-18T10:00:00Z --kind deploy
llmobs annotate 'all quiet' --at 2026-11-17T10:00:00Z
llmobs report cost --by day --chart --since 2026-11-16
llmobs report latency --by hour --chart -q
llmobs report cost --by day --chart --columns calls -q | cat
llmobs report cost --by day --columns calls -q
