# What holds no calls is one message: text logs of model servers, whatever their length, archives.
{
    printf 'INFO:     Started server process [1]\n\n'
    printf 'INFO 05-12 12:11:25 metrics.py:334] Avg prompt throughput: 0.0 tokens/s\n'
} > vllm-short.log
{
    printf '\n'
    for i in $(seq 150); do
        printf '(APIServer pid=7) INFO 10-10 01:00:10 [loggers.py:116] Running: %d reqs\n' "$i"
    done
} > vllm.log
printf '2025-05-01T01:31:02.842858Z  INFO text_generation_router::server: Connected\n' > tgi.log
printf 'PK\003\004 and more' > run.eval
echo '{"model":"m","input_tokens":1,"output_tokens":2}' > good.jsonl
llmobs ingest vllm-short.log vllm.log tgi.log run.eval good.jsonl
echo "exit $?"
llmobs ingest --strict -q vllm.log
echo "exit $?"
llmobs ingest - < vllm-short.log
echo "exit $?"
llmobs quarantine -f csv --columns file,line,reason
# One line that can be read, and it is a log with bad lines in it.
cat vllm-short.log good.jsonl > mixed.log
llmobs ingest -q mixed.log
