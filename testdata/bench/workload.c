/* workload: a made-up log of any size for benchmarks and tests: skewed users, features, models and
 * templates; the same arguments give the same bytes.
 *   workload LINES [lean|fat] [FIRST]   lines FIRST .. FIRST + LINES - 1 to standard output */
#include <stdlib.h>
#include <string.h>
#include "made_up.h"

static const struct {
    const char *model, *provider;
    double in_usd, out_usd; /* per million tokens, made up */
    double ms_per_token;
} models[] = {
    {"gpt-4o-mini",                "openai",    0.15, 0.6,  7 },
    {"claude-sonnet-4-5-20250929", "anthropic", 3.0,  15.0, 14},
    {"gemini-2.5-flash",           "google",    0.3,  2.5,  6 },
    {"gpt-4.1",                    "openai",    2.0,  8.0,  12},
    {"claude-haiku-4-5-20251001",  "anthropic", 1.0,  5.0,  8 },
    {"llama-3.3-70b-instruct",     "together",  0.9,  0.9,  10},
    {"mistral-large-2411",         "mistral",   2.0,  6.0,  13},
    {"deepseek-chat",              "deepseek",  0.27, 1.1,  18},
};
static const char *const features[] = {"support", "search",   "summarise", "classify",
                                       "extract", "translate", "draft",     "review",
                                       "agent",   "rerank",    "onboarding", "report"};
static const char *const agents[] = {
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 "
    "Safari/537.36 assistant-widget/3.18.2 (embedded; locale de-DE; viewport 1440x900; theme dark)",
    "okhttp/4.12.0 (com.example.helpdesk; build 4711; android 14; release channel: "
    "production) assistant-sdk/2.9.0 (kotlin; retries 2; timeout 30s; streaming on; locale en-GB)",
    "python-httpx/0.27.0 (internal batch worker; cluster eu-central; queue default; retry policy 3) "
    "assistant-batch/1.4.7 (job nightly-summaries; shard 12 of 64; region eu-central-1; cpython)"};
static const char filler[] =
    "The customer asks whether the order that was placed last week can still be changed, and "
    "which of the two addresses will be used for the delivery. The assistant explains the steps, "
    "names the page where the address can be edited, and offers to open a ticket. ";

static void line(uint64_t i, int fat)
{
    uint64_t s = i * UINT64_C(0xD1342543DE82EF95) + 12345;
    uint64_t a = splitmix64(&s), b = splitmix64(&s), t1 = splitmix64(&s), t2 = splitmix64(&s);
    unsigned user = skewed(&s, 5000), feature = skewed(&s, 12), model = skewed(&s, 8);
    unsigned template = feature * 16 + skewed(&s, 16), version = 1 + skewed(&s, 4);
    unsigned in = 40 + skewed(&s, 6000), out = 5 + skewed(&s, 1200);
    unsigned cached = uniform(&s) < 0.4 ? in / 2 : 0;
    double ttft_ms = 120 + 600 * uniform(&s) + in * 0.02;
    double latency_ms = ttft_ms + out * models[model].ms_per_token * (0.6 + 0.8 * uniform(&s));
    double cost = (in * models[model].in_usd + out * models[model].out_usd) / 1e6;
    int error = uniform(&s) < 0.02;
    uint64_t span = splitmix64(&s), input_hash = splitmix64(&s), output_hash = splitmix64(&s);
    char when[64];

    civil(MADE_UP_START_US + (int64_t)i * 1500000 + (int64_t)(a % 1000000), when,
          sizeof(when)); /* a call every 1.5 s */
    printf("{\"timestamp\":\"%s\",\"service\":\"assistant-gateway-eu\",\"environment\":\"%s\","
           "\"request_id\":\"%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-a%03" PRIx64 "-%012" PRIx64
           "\",\"trace_id\":\"%016" PRIx64 "%016" PRIx64 "\",\"span_id\":\"%016" PRIx64
           "\",\"session_id\":\"sess-%08" PRIx64 "\",\"user_id\":\"user-%05u\",\"feature\":\"%s\","
           "\"model\":\"%s\",\"provider\":\"%s\",\"prompt_name\":\"%s_template_%u\","
           "\"prompt_version\":\"v%u\",\"input_tokens\":%u,\"output_tokens\":%u,"
           "\"cache_read_tokens\":%u,\"latency_ms\":%.3f,\"ttft_ms\":%.3f,\"cost_usd\":%.9f,"
           "\"status\":\"%s\",\"finish_reason\":\"%s\",\"input_hash\":\"%016" PRIx64
           "\",\"output_hash\":\"%016" PRIx64 "\",\"user_agent\":\"%s\"",
           when, i % 10 ? "production" : "staging", a >> 32, a >> 16 & 0xffff, a >> 4 & 0xfff,
           b & 0xfff, b >> 16, t1, t2, span, (i / 8) * 2654435761u & 0xffffffffu, user,
           features[feature], models[model].model, models[model].provider, features[feature],
           template, version, error ? 0 : in, error ? 0 : out, error ? 0 : cached, latency_ms,
           ttft_ms, error ? 0.0 : cost, error ? "error" : "success",
           error ? "error" : out > 1000 ? "length" : "stop", input_hash, output_hash, agents[user % 3]);
    if (fat) {
        size_t n = sizeof(filler) - 1;
        printf(",\"prompt\":\"%s%.*s\",\"response\":\"%s%.*s\"", filler, (int)(a % n), filler,
               filler, (int)(b % n), filler);
    }
    puts("}");
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    int fat = argc > 2 && strcmp(argv[2], "fat") == 0;
    uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;

    if (!n) {
        fprintf(stderr, "usage: workload LINES [lean|fat] [FIRST]\n");
        return 2;
    }
    static char buffer[1 << 20];
    setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
    for (uint64_t i = 0; i < n; i++)
        line(first + i, fat);
    return fflush(stdout) ? 2 : 0;
}
