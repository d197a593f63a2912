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
    struct sv text; /* at hand */
    size_t done;    /* of it: what is in front is written, or was made unreadable */
    int64_t places;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for making texts unreadable");
}

enum err redactor_open(struct redactor **out, struct error *err)
{
    static const struct detect_options what = {.families = 1u << DETECT_PII | 1u << DETECT_SECRETS};
    struct redactor *r = calloc(1, sizeof(*r));
    enum err rc = r ? detector_open(&what, &r->detector, err) : no_memory(err);

    if (rc) {
        free(r);
        return rc;
    }
    *out = r;
    return OK;
}

void redactor_close(struct redactor *r)
{
    if (!r)
        return;
    detector_close(r->detector);
    buf_release(&r->out);
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
    r->places++;
}

enum err redactor_text(struct redactor *r, struct sv text, struct sv *out, int64_t *places,
                       struct error *err)
{
    enum err rc;

    buf_reset(&r->out);
    r->text = text;
    r->done = 0;
    r->places = 0;
    rc = detect_spans(r->detector, text, DETECT_INPUT | DETECT_OUTPUT, replace, r, err);
    if (rc)
        return rc;
    buf_add(&r->out, text.p + r->done, text.n - r->done);
    if (r->out.failed)
        return no_memory(err);
    *out = (struct sv){r->out.n ? r->out.p : "", r->out.n};
    *places = r->places;
    return OK;
}

/* ---- what is stored ----------------------------------------------------------------------- */

struct pass {
    struct redactor *r;
    int64_t *texts, *places;
};

static enum err redact_one(void *ctx, struct sv text, struct sv *changed, int64_t *places,
                           struct error *err)
{
    struct pass *p = ctx;
    enum err rc = redactor_text(p->r, text, changed, places, err);

    if (!rc && *places) {
        ++*p->texts;
        *p->places += *places;
    }
    return rc;
}

enum err redact_stored(struct store *s, bool commit, int64_t *texts, int64_t *places,
                       struct error *err)
{
    struct pass p = {.texts = texts, .places = places};
    enum err rc = redactor_open(&p.r, err);

    *texts = *places = 0;
    if (!rc)
        rc = store_change_texts(s, commit, redact_one, &p, err);
    redactor_close(p.r);
    return rc;
}
