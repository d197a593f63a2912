/* Any bytes as a test report: no crash, all or nothing, and only texts that may be stored. */
#include <stdlib.h>

#include "format/junit.h"
#include "record/privacy.h"

static void check(bool promise)
{
    if (!promise)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct batch batch = {0};
    struct arena arena = {0};
    struct error err = {0};
    struct line_context c = {
        .out = &batch, .line_hash = hash128(data, size, 0), .source = 1, .line = 1};
    char *copy = malloc(size ? size : 1); /* exactly as long, so that reading on is seen */
    enum err rc;

    check(copy);
    if (size)
        memcpy(copy, data, size);
    rc = junit_read(copy, size, &c, &err);
    check(rc ? batch_size(&batch) == 0 && err.msg[0] : batch_size(&batch) == batch.n_scores);
    for (size_t i = 0; i < batch.n_scores; i++) {
        const struct score_record *s = &batch.scores[i];

        check(privacy_id(s->target_id, &arena).p == s->target_id.p);
        check(s->target == TARGET_CASE && s->passed.known == s->value.known);
        check(s->line >= 1 && s->passed.known == !s->label.n);
    }
    arena_release(&arena);
    batch_release(&batch);
    free(copy);
    return 0;
}
