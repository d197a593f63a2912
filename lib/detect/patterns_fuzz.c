/* Any bytes as a table of patterns: no crash, a message for each refusal, and rows that the scanner can
 * rely on. */
#include <stdlib.h>

#include "detect/patterns.h"
#include "base/banned.h"

static void check(bool promise)
{
    if (!promise)
        abort();
}

static enum err see(void *ctx, const struct pattern *p, struct error *err)
{
    size_t *n = ctx;

    (void)err;
    ++*n;
    check(p->family < DETECT_FAMILIES && p->kind.n && p->regex.n);
    check(p->where <= WHERE_HEAD && p->back <= PATTERN_BACK_MAX);
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct sv text = {size ? (const char *)data : "", size};
    struct error err = {0};
    size_t n = 0;
    enum err rc = patterns_read(text, see, &n, &err);

    if (rc)
        check(err.msg[0] && err.code == rc);
    return 0;
}
