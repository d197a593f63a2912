/* Any bytes as a state: no crash, a message for each refusal; what is accepted is written so that it
 * reads as the same again. */
#include <stdlib.h>

#include "alert/alert_state.h"
#include "base/buf.h"
#include "base/banned.h"

static void check(bool promise)
{
    if (!promise)
        abort();
}

static void check_again(const struct alert_state *s, struct arena *arena)
{
    struct alert_state again;
    struct buf text = {0};
    struct error err = {0};

    alert_state_write(s, &text);
    /* Escapes may have made it too long for a document. */
    if (alert_state_read((struct sv){text.p, text.n}, "f", arena, &again, &err) != ERR_RANGE) {
        check(again.n == s->n);
        for (size_t i = 0; i < s->n; i++) {
            const struct alert *a = &s->v[i], *b = &again.v[i];

            check(sv_eq(a->rule, b->rule) && !a->group.p == !b->group.p);
            check(!a->group.p || sv_eq(a->group, b->group));
            check(a->since_us == b->since_us && a->told_us == b->told_us);
            check(a->course.firing == b->course.firing && a->course.calm == b->course.calm);
        }
    }
    buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct sv text = {size ? (const char *)data : "", size};
    struct arena arena = {0};
    struct alert_state s;
    struct error err = {0};
    enum err rc = alert_state_read(text, "f", &arena, &s, &err);

    if (rc)
        check(err.msg[0] && err.code == rc);
    else
        check_again(&s, &arena);
    arena_release(&arena);
    return 0;
}
