# Options that make no sense together, and logs without anything to judge.
exec 2>&1
echo '{"timestamp":1795258000,"model":"m","request_id":"1","latency_ms":5,"cost_usd":1}' >log.jsonl
try() { llmobs anomalies "$@" log.jsonl; echo "exit $?"; }
try --preset s005
try --method rules
try --preset s004 --metric calls
try --preset s004 --by feature
try --preset s004 --method ewma
try --window 1h
try --preset s004 --window 1h --history 1h
try --preset s004 --window x
try --sigma x
try --sigma -1
try --metric latncy
try --metric score:quality --by feature
try --metric score:quality --where feature=a
try --period week
try --backtest 0d
try
try --until 2020-01-01
try --metric throughput_of_capacity
echo 'not a log' >log.jsonl
try
llmobs anomalies --db no.db; echo "exit $?"
