# Every comparison of the corpus of real evals, through the verb's JSON: paired difference, standard
# error, intervals and p of McNemar within 1e-9 of what SciPy gave, bootstrap within a tenth of the
# interval's width (it has a tenth of the resamples), and the verdict by the rule of the manual, worked
# out here from the wanted figures.
corpus=$TESTDATA/../../shared/corpus/evals
[ -d "$corpus" ] || exit 77
jq -r '. as $e | keys[] | select(startswith("_") | not) as $f | $e[$f].comparisons | keys[] as $i
    | "\($f) \($i)"' "$corpus/EXPECTED.json" > list.txt
[ "$(wc -l < list.txt)" -ge 7 ] || echo "only $(wc -l < list.txt) comparisons"
while read -r file i; do
    jq --arg f "$file" --argjson i "$i" '.[$f].comparisons[$i]' "$corpus/EXPECTED.json" > want.json
    name() { jq -r ".$1 | sub(\" \\\\[.*\"; \"\")" want.json; }
    judge=$(jq -r '.baseline | capture("\\[(?<j>.*)\\]$").j // empty' want.json)
    for margin in 0 2pt; do
        llmobs gate --baseline "$corpus/$file" --baseline-run "$(name baseline)" \
            --candidate-run "$(name candidate)" ${judge:+--where "judge=$judge"} \
            --margin "$margin" -f json > got.json 2>&1
        rc=$?
        jq -r --slurpfile w want.json --arg file "$file" --arg margin "$margin" --argjson rc $rc '
            def near($a; $b): ($a - $b) | fabs <= 1e-9 * ([$b | fabs, 1e-300] | max);
            def same($what; $a; $b): if near($a; $b) then empty else "\($what) \($a), wanted \($b)" end;
            $w[0] as $w | .rows[0] as $r | ($w.clusters != null) as $clustered
            | (if $clustered then $w.se_cluster_cr1 else $w.se end) as $se
            | (if $clustered then $w.ci95_cluster else $w.ci95_t end) as $ci
            | (if $clustered then $w.bootstrap_cluster.ci95 else $w.bootstrap.ci95 end) as $boot
            | [ same("pairs"; $r.n_pairs; $w.n),
                same("clusters"; $r.clusters; $w.clusters // $w.n),
                same("baseline"; $r.baseline_mean; $w.mean_baseline),
                same("candidate"; $r.candidate_mean; $w.mean_candidate),
                same("difference"; $r.difference; $w.diff),
                same("se"; $r.se; $se),
                same("low"; $r.ci95[0]; $ci[0]), same("high"; $r.ci95[1]; $ci[1]),
                same("plain se"; $r.se_unclustered; $w.se),
                same("plain low"; $r.ci95_unclustered[0]; $w.ci95_t[0]),
                same("plain high"; $r.ci95_unclustered[1]; $w.ci95_t[1]),
                (if $w.mcnemar then
                    same("McNemar"; $r.p_mcnemar; $w.mcnemar.exact_p),
                    same("worse"; $r.worse; $w.mcnemar.b_baseline_only),
                    same("better"; $r.better; $w.mcnemar.c_candidate_only) else empty end),
                (if $clustered then empty
                 elif $w.mcnemar then same("p"; $r.p; $w.mcnemar.exact_p)
                 else same("p"; $r.p; $w.p_t) end),
                (range(2) as $k | if ($r.ci95_bootstrap[$k] - $boot[$k] | fabs)
                    > 0.1 * ($boot[1] - $boot[0]) then "bootstrap \($r.ci95_bootstrap)" else empty end),
                same("removed"; .only_baseline | length; $w.only_in_baseline),
                same("new"; .only_candidate | length; $w.only_in_candidate)
              ] as $wrong
            # the t quantile at 5 % is the interval of the margin over the standard error
            | (if $margin == "0" then 0 else 0.02 end) as $m
            | $r.ci_margin[0] as $low
            | (if $r.p_worse <= 0.05 and -$w.diff > $m then "FAIL" elif $low > 0 then "IMPROVED"
               elif $low > -$m then "PASS" else "INCONCLUSIVE" end) as $verdict
            | "\($file) \($w.baseline) -> \($w.candidate) margin \($margin): \(.verdict)",
              $wrong[],
              (if $verdict != .verdict then "verdict: wanted \($verdict)" else empty end),
              (if $rc != (if .verdict == "FAIL" then 1 else 0 end) then "exit \($rc)" else empty end)
            ' got.json || cat got.json
    done
done < list.txt
