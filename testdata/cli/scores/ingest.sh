# Scores before and after their calls, again, contradicting, unreadable, of other scales and sources.
cat > calls.jsonl <<'END'
{"timestamp":"2026-03-05T10:00:00Z","request_id":"r1","model":"m","latency_ms":100}
{"timestamp":"2026-03-05T10:01:00Z","request_id":"r2","model":"m","latency_ms":100}
{"timestamp":"2026-03-05T10:02:00Z","request_id":"r3","model":"m","latency_ms":100,"session_id":"s1"}
END
cat > judge.jsonl <<'END'
{"request_id":"r1","metric":"hallucination","score":0.9,"judge_model":"j"}
{"request_id":"r2","metric":"hallucination","score":0.1,"judge_model":"j"}
{"request_id":"r9","metric":"hallucination","score":0.1,"judge_model":"j"}
{"request_id":"r3","result":"unclear","score":0.5}
{"session_id":"s1","feedback":"thumbs_down"}
{"case_id":"refund/17","score":0.5}
END
echo '--- scores first'
llmobs ingest judge.jsonl
echo '--- then their calls'
llmobs ingest calls.jsonl
echo '--- one says something else now, and one is new'
cat > again.jsonl <<'END'
{"request_id":"r1","metric":"hallucination","score":0.2,"judge_model":"j","timestamp":"2026-03-06T00:00:00Z"}
{"request_id":"r2","metric":"hallucination","score":0.1,"judge_model":"j"}
{"request_id":"r1","metric":"relevance","score":0.7}
END
llmobs ingest again.jsonl
echo '--- what lines do not say'
cat > people.jsonl <<'END'
{"request_id":"r1","rating":4}
{"request_id":"r2","rating":1}
{"request_id":"r3","rating":7}
END
llmobs ingest people.jsonl --score-name helpful --score-source human --score-range 1..5 --score-pass '>=4'
sqlite3 -header llmobs.db "SELECT identity, call_identity, target, target_id, name, scorer, label, value, passed
    FROM v_scores ORDER BY identity"
echo '--- usage'
for bad in '--score-range 5..1' '--score-pass 0.7' '--score-source nobody'; do
    llmobs ingest calls.jsonl $bad 2>&1 && echo 'no error'
done
true
