/* trace_guardrails: which call of a trace a guardrail's span is about. */
#include "store/trace_guardrails.h"

#include <stdlib.h>
#include "base/banned.h"

static int by_time(const struct guarded_call *x, const struct guarded_call *y)
{
    if (x->started_us != y->started_us)
        return x->started_us < y->started_us ? -1 : 1; /* CALL_MISSING is the smallest */
    return (x->key > y->key) - (x->key < y->key);
}

static int compare_times(const void *a, const void *b)
{
    return by_time(a, b);
}

static int compare_places(const void *a, const void *b)
{
    const struct guarded_call *x = a, *y = b;

    if (x->above != y->above)
        return x->above < y->above ? -1 : 1;
    return by_time(x, y);
}

static int compare_spans(const void *a, const void *b)
{
    const struct guarded_call *x = a, *y = b;

    return (x->span > y->span) - (x->span < y->span);
}

/* Of calls in order of time. */
static int64_t last_before(const struct guarded_call *calls, size_t n, int64_t started_us)
{
    size_t low = 0, high = n; /* those below low started before it or with it */

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (calls[mid].started_us <= started_us)
            low = mid + 1;
        else
            high = mid;
    }
    return calls[low ? low - 1 : 0].call_id;
}

/* The first call whose `above` is not below the given one. */
static size_t first_in(const struct guarded_call *calls, size_t n, uint64_t above)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (calls[mid].above < above)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void trace_guardrails_assign(struct guarded_call *calls, size_t n_calls,
                             struct guardrail_span *guardrails, size_t n)
{
    for (size_t i = 0; i < n; i++)
        guardrails[i].call_id = 0;
    if (!n_calls)
        return;
    qsort(calls, n_calls, sizeof(*calls), compare_spans);
    for (size_t i = 0; i < n; i++) {
        const struct guarded_call wanted = {.span = guardrails[i].above}, *in = NULL;

        in = bsearch(&wanted, calls, n_calls, sizeof(*calls), compare_spans);
        guardrails[i].call_id = in ? in->call_id : 0;
    }
    qsort(calls, n_calls, sizeof(*calls), compare_places);
    for (size_t i = 0; i < n; i++) {
        size_t first = first_in(calls, n_calls, guardrails[i].above);
        size_t end = first_in(calls, n_calls, (uint64_t)guardrails[i].above + 1);

        if (!guardrails[i].call_id && end > first)
            guardrails[i].call_id =
                last_before(calls + first, end - first, guardrails[i].started_us);
    }
    qsort(calls, n_calls, sizeof(*calls), compare_times);
    for (size_t i = 0; i < n; i++)
        if (!guardrails[i].call_id)
            guardrails[i].call_id = last_before(calls, n_calls, guardrails[i].started_us);
}
