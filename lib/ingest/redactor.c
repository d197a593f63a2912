/* redactor: personal data and secrets in texts, made unreadable. */
#include "ingest/redactor.h"

#include <stdlib.h>

#include "base/buf.h"
#include "detect/detect.h"
#include "store/texts.h"

#include "base/banned.h"

struct redactor {
    struct detector *detector;
    struct buf out;
    struct sv text;         /* at hand */
    size_t done;            /* of it: what is in front is written, or was made unreadable */
    int64_t *counts;        /* by kind, of the text at hand */
    struct redaction *list; /* of those above 0 */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for making texts unreadable");
}

static enum err open_counts(struct redactor *r, struct error *err)
{
    size_t n = detector_kinds(r->detector);

    r->counts = calloc(n + 1, sizeof(*r->counts));
    r->list = calloc(n + 1, sizeof(*r->list));
    return r->counts && r->list ? OK : no_memory(err);
}

enum err redactor_open(struct redactor **out, struct error *err)
{
    static const struct detect_options what = {.families = REDACTOR_FAMILIES};
    struct redactor *r = calloc(1, sizeof(*r));
    enum err rc = r ? detector_open(&what, &r->detector, err) : no_memory(err);

    if (!rc)
        rc = open_counts(r, err);
    if (!rc) {
        *out = r;
        r = NULL;
    }
    redactor_close(r);
    return rc;
}

void redactor_close(struct redactor *r)
{
    if (!r)
        return;
    detector_close(r->detector);
    buf_release(&r->out);
    free(r->counts);
    free(r->list);
    free(r);
}

/* Finds come by their starts; one that begins inside another is part of what was made unreadable.
 */
static void replace(void *ctx, const struct detect_span *span)
{
    struct redactor *r = ctx;

    if (span->start < r->done) {
        r->done = span->end > r->done ? span->end : r->done;
        return;
    }
    buf_add(&r->out, r->text.p + r->done, span->start - r->done);
    buf_char(&r->out, '[');
    buf_sv(&r->out, detector_kind(r->detector, span->kind));
    buf_char(&r->out, ']');
    r->done = span->end;
    r->counts[span->kind]++;
}

/* The counts as a list; they are 0 again. */
static size_t list_counts(struct redactor *r)
{
    size_t n = 0;

    for (unsigned k = 0; k < detector_kinds(r->detector); k++) {
        if (r->counts[k])
            r->list[n++] = (struct redaction){detector_kind(r->detector, k), r->counts[k]};
        r->counts[k] = 0;
    }
    return n;
}

enum err redactor_text(struct redactor *r, struct sv text, struct sv *out,
                       const struct redaction **list, size_t *n, struct error *err)
{
    enum err rc;

    buf_reset(&r->out);
    r->text = text;
    r->done = 0;
    rc = detect_spans(r->detector, text, DETECT_INPUT | DETECT_OUTPUT, replace, r, err);
    *n = list_counts(r);
    if (rc)
        return rc;
    buf_add(&r->out, text.p + r->done, text.n - r->done);
    if (r->out.failed)
        return no_memory(err);
    *out = (struct sv){r->out.n ? r->out.p : "", r->out.n};
    *list = r->list;
    return OK;
}

/* ---- what is stored ----------------------------------------------------------------------- */

struct pass {
    struct redactor *r;
    struct redacted *sum; /* with room for each kind of the detector */
};

static void add_kind(struct redacted *sum, const struct redaction *x)
{
    size_t i = 0;

    while (i < sum->n_kinds && !sv_eq(sum->kinds[i].kind, x->kind))
        i++;
    if (i == sum->n_kinds)
        sum->kinds[sum->n_kinds++] = (struct redaction){.kind = x->kind};
    sum->kinds[i].n += x->n;
    sum->places += x->n;
}

static enum err redact_one(void *ctx, struct sv text, struct sv *out, const struct redaction **list,
                           size_t *n, struct error *err)
{
    struct pass *p = ctx;
    enum err rc = redactor_text(p->r, text, out, list, n, err);

    for (size_t i = 0; !rc && i < *n; i++)
        add_kind(p->sum, &(*list)[i]);
    p->sum->texts += !rc && *n;
    return rc;
}

static int most_first(const void *a, const void *b)
{
    const struct redaction *x = a, *y = b;

    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return sv_cmp(x->kind, y->kind);
}

/* The names outlive the redactor. */
static enum err keep_kinds(struct redacted *sum, struct arena *a, struct error *err)
{
    if (sum->n_kinds)
        qsort(sum->kinds, sum->n_kinds, sizeof(*sum->kinds), most_first);
    for (size_t i = 0; i < sum->n_kinds; i++) {
        sum->kinds[i].kind = arena_copy(a, sum->kinds[i].kind);
        if (!sum->kinds[i].kind.p)
            return no_memory(err);
    }
    return OK;
}

enum err redact_stored(struct store *s, bool commit, struct arena *a, struct redacted *out,
                       struct error *err)
{
    struct pass p = {.sum = out};
    enum err rc = redactor_open(&p.r, err);

    *out = (struct redacted){0};
    if (!rc)
        out->kinds = arena_zalloc(a, detector_kinds(p.r->detector) + 1, sizeof(*out->kinds));
    if (!rc && !out->kinds)
        rc = no_memory(err);
    if (!rc)
        rc = store_redact_texts(s, commit, redact_one, &p, err);
    if (!rc)
        rc = keep_kinds(out, a, err);
    redactor_close(p.r);
    return rc;
}
