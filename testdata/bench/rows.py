"""rows: what somebody writes who has Python and an afternoon: the log into SQLite, then GROUP BY."""
import json
import sqlite3
import sys

db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE call (feature, model, input_tokens, output_tokens, latency_ms, cost_usd)")
with open(sys.argv[1]) as log:
    lines = (json.loads(line) for line in log)
    db.executemany(
        "INSERT INTO call VALUES (?, ?, ?, ?, ?, ?)",
        ((x.get("feature"), x.get("model"), x.get("input_tokens"), x.get("output_tokens"),
          x.get("latency_ms"), x.get("cost_usd")) for x in lines))
for row in db.execute("SELECT feature, count(*), sum(cost_usd), avg(latency_ms) FROM call GROUP BY 1"):
    print(row)
