# The four verdicts and their exit codes. p by hand: 18 of 23 changed cases got worse, two-sided
# 2 P(X >= 18) = 0.0106, X ~ Bin(23, 1/2); 5 of 23: one-sided P(X >= 5) = 0.9987; 4 of 8: 1.
# Of 200 cases with b worse and c better se = sqrt((b + c - (b - c)^2 / n) / (n (n - 1))).
run() { # FILE CASES PASSED-UP-TO [FROM TO]: cases below PASSED-UP-TO pass, those of FROM..TO turn round
    awk -v n="$2" -v p="$3" -v from="${4:-0}" -v to="${5:-0}" 'BEGIN { for (i = 1; i <= n; i++) {
        pass = i <= p; if (i >= from && i <= to) pass = !pass
        printf "{\"item_id\":\"case/%d\",\"passed\":%s}\n", i, pass ? "true" : "false" } }' > "$1"
}
gate() { llmobs gate --baseline a.jsonl "$@"; echo "exit $?"; }
run a.jsonl 200 185
run worse.jsonl 200 185 168 190    # 18 pass->fail, 5 fail->pass
run better.jsonl 200 185 181 198   # 5 pass->fail, 13 fail->pass
run same.jsonl 200 185
run little.jsonl 200 185 185 186   # one each way
gate --candidate worse.jsonl --margin 2pt
gate --candidate worse.jsonl --margin 7pt
gate --candidate better.jsonl -q
gate --candidate little.jsonl --margin 2pt
gate --candidate little.jsonl
gate --candidate same.jsonl
gate --candidate same.jsonl --margin 2pt -q
gate --candidate little.jsonl --inconclusive fail -q
gate --candidate worse.jsonl --exit-code 3 -q
gate --candidate worse.jsonl --exit-zero -q
gate --candidate worse.jsonl --alpha 0.001 -q
llmobs gate --baseline worse.jsonl --candidate a.jsonl -q; echo "exit $?"
llmobs gate --baseline a.jsonl --candidate worse.jsonl --all -q
