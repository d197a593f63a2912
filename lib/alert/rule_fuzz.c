/* Any bytes as rules and as objectives: no crash, a message for each refusal, and of what is accepted
 * what the evaluation relies on. */
#include <math.h>
#include <stdlib.h>

#include "alert/rule.h"
#include "alert/slo.h"
#include "base/buf.h"
#include "base/banned.h"

static void check(bool promise)
{
    if (!promise)
        abort();
}

static void check_rule(const struct rule_set *set, const struct rule *r)
{
    struct buf words = {0};

    check(r->name && *r->name && rules_find(set, r->name) == r);
    check(r->severity < SEVERITY_COUNT);
    check(!r->unless || rules_find(set, r->unless));
    for (size_t i = 0; i < r->n_of; i++)
        check(rules_find(set, r->of[i]) && rules_find(set, r->of[i])->kind != RULE_OF);
    if (r->kind == RULE_OF) {
        check(r->at_least >= 1 && (size_t)r->at_least <= r->n_of);
    } else {
        check(r->window_us > 0 && r->and_window_us < r->window_us && r->min_n >= 1);
        check(isfinite(r->value) && isfinite(r->high) && isfinite(r->capacity));
        check(r->kind < RULE_TIMES || r->kind > RULE_SURPRISE || r->baseline_us >= r->window_us);
        check(!(r->capacity > 0) || r->per_us > 0);
    }
    rule_words(&words, r);
    check(words.n > 0);
    buf_release(&words);
}

static void check_set(enum err rc, const struct rule_set *set, const struct error *err)
{
    if (rc) {
        check(err->msg[0] && err->code == rc);
        return;
    }
    check(set->n >= 1 && set->n <= RULES_MAX);
    for (size_t i = 0; i < set->n; i++)
        check_rule(set, &set->rules[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct sv text = {size ? (const char *)data : "", size};
    struct arena arena = {0};
    struct rule_set set = {.n = 0};
    struct error err = {0};

    check_set(rules_read(text, "f", &arena, &set, &err), &set, &err);
    check_set(slo_read(text, "f", &arena, &set, &err), &set, &err);
    arena_release(&arena);
    return 0;
}
