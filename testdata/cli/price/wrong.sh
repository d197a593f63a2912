# What cannot be meant is said with what was expected.
say() { llmobs price "$@"; echo "exit $?"; }
say ad
say what
say add
say add m
say add m --in cheap
say add m --in -1
say add m --in 1 --cache-read 1000001
say add m --in 1 --tiers 5
say add m --in 1 --valid-from soon
say add m --in 1 --valid-from 2026-03-02 --valid-until 2026-03-01
say add m --in 1 --match 'm('
say recompute x.jsonl
say recompute --apply --dry-run
say recompute --apply --where model=m
say recompute --unpriced
say recompute
say show
say add m --in 0.0000000004
say add m extra --in 1
say show m n
ls # what was refused has left nothing
