/* text_log: logs of model servers that are text and tell of no single request. */
#include "format/text_log.h"

#include "base/error.h"

#include "base/banned.h"

#define PROCESS_MAX 80 /* bytes of "(EngineCore_DP0 pid=123)" */

static void skip(struct sv *s, size_t n)
{
    s->p += n;
    s->n -= n;
}

/* Colours of a terminal and blanks. */
static void skip_decoration(struct sv *s)
{
    for (;;) {
        size_t n = 2;

        if (s->n && s->p[0] == ' ') {
            skip(s, 1);
            continue;
        }
        if (!sv_starts(*s, "\x1b["))
            return;
        while (n < s->n && n < 16 && s->p[n] != 'm')
            n++;
        if (n == s->n || s->p[n] != 'm')
            return;
        skip(s, n + 1);
    }
}

/* Does the text begin like the pattern, in which 0 is any digit? Then it is skipped. */
static bool skip_like(struct sv *s, const char *pattern)
{
    size_t n = strlen(pattern);

    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool digit = s->p[i] >= '0' && s->p[i] <= '9';

        if (pattern[i] == '0' ? !digit : s->p[i] != pattern[i])
            return false;
    }
    skip(s, n);
    return true;
}

static bool skip_level(struct sv *s)
{
    static const char *const levels[] = {"DEBUG ", "INFO ", "WARNING ", "ERROR ", "CRITICAL "};

    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        if (sv_starts(*s, levels[i])) {
            skip(s, strlen(levels[i]));
            skip_decoration(s);
            return true;
        }
    return false;
}

/*
 * LEVEL MM-DD HH:MM:SS file.py:12] ..., newer [file.py:12] ..., behind the name of a process or
 * not: vllm-project/vllm @ 00656a8e7442 (vllm/logger.py) and lines that people posted.
 */
static bool is_vllm(struct sv s)
{
    const char *end = NULL;

    skip_decoration(&s);
    if (s.n && s.p[0] == '(') {
        end = memchr(s.p, ')', s.n < PROCESS_MAX ? s.n : PROCESS_MAX);
        if (!end)
            return false;
        skip(&s, (size_t)(end - s.p) + 1);
        skip_decoration(&s);
    }
    if (!skip_level(&s) || !skip_like(&s, "00-00 00:00:00"))
        return false;
    skip_like(&s, ".000");
    skip_decoration(&s);
    if (s.n > PROCESS_MAX)
        s.n = PROCESS_MAX;
    end = s.n ? memchr(s.p, ']', s.n) : NULL;
    return end && sv_find((struct sv){s.p, (size_t)(end - s.p)}, SV(".py:")) >= 0;
}

/* 2025-05-01T01:31:02.841342Z  INFO ... text_generation_router ... */
static bool is_tgi(struct sv s)
{
    skip_decoration(&s);
    return skip_like(&s, "0000-00-00T00:00:00.000000Z") &&
           sv_find((struct sv){s.p, s.n < 4096 ? s.n : 4096}, SV("text_generation_")) >= 0;
}

const char *text_log_note(struct sv line)
{
    if (is_vllm(line))
        return "unsupported text log: vLLM's server writes averages, no calls; its OTLP traces "
               "have them";
    if (is_tgi(line))
        return "unsupported text log: text-generation-inference writes its calls with "
               "--json-output";
    return NULL;
}
