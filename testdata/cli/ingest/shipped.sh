# Logs as the runtimes of containers keep them: Docker's JSON, kubelet's lines, and --timestamps;
# a long line in parts, what a program printed besides, and a last line whose rest is not there yet.
call='{"model":"m","request_id":"%s","input_tokens":%s,"output_tokens":2}'
line() { printf "$call" "$1" "$2"; }
escaped() { line "$@" | sed 's/"/\\"/g'; }
long=$(head -c 20000 /dev/zero | tr '\0' 'x')
{
    printf '{"log":"%s\\n","stream":"stdout","time":"2026-03-01T08:00:00.5Z"}\n' "$(escaped d1 1)"
    printf '{"log":"starting\\n","stream":"stderr","time":"2026-03-01T08:00:01Z"}\n'
    printf '{"log":"{\\"note\\":\\"%s","stream":"stdout","time":"2026-03-01T08:00:02Z"}\n' "$long"
    printf '{"log":"\\",\\"model\\":\\"m\\",\\"cost\\":1}\\n","stream":"stdout","time":"2026-03-01T08:00:02.5Z"}\n'
} > docker.log
{
    printf '2026-03-01T09:00:00.123456789Z stdout F %s\n' "$(line k1 10)"
    printf '2026-03-01T09:00:01.123456789Z stderr F starting\n'
    printf '2026-03-01T09:00:02.123456789Z stdout P {"request_id":"k2","model":"m",\n'
    printf '2026-03-01T09:00:02.123456789Z stdout F "input_tokens":20,"output_tokens":2}\n'
    printf '2026-03-01T09:00:03.123456789Z stdout P {"request_id":"k3",\n'
    printf '2026-03-01T09:00:03.123456789Z stderr F warning\n'
    printf '2026-03-01T09:00:04.123456789Z stdout P {"request_id":"k4","model":"m",\n'
} > kubelet.log
printf '2026-03-01T10:00:00.5Z %s\n' "$(line t1 100)" > timestamps.log
llmobs ingest -v docker.log kubelet.log timestamps.log
echo '-- the rest comes'
printf '2026-03-01T09:00:04.123456789Z stdout F "input_tokens":40,"output_tokens":2}\n' >> kubelet.log
llmobs ingest -v docker.log kubelet.log timestamps.log
llmobs quarantine -f csv --columns file,line,reason,field
sqlite3 llmobs.db 'SELECT request_id, started, input_tokens, cost_usd FROM v_calls ORDER BY started'
