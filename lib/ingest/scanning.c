/* scanning: what the texts of calls hold is counted while a line is at hand. */
#include "ingest/scanning.h"

#include <stdlib.h>

#include "detect/answer.h"

#include "base/banned.h"

#define BLANK_TOKENS 8

struct scanning {
    struct detector *detector;
    struct content_walk walk; /* of pieces of no call */
    unsigned families;        /* bits: what is looked for */
    int fault_kinds[ANSWER_FAULTS];

    /* Of the call that is being looked at. */
    enum content_side side;
    struct sv text;
    int64_t *counts;                                   /* 2 * kind + output */
    void (*found)(void *ctx, const struct scanned *x); /* in place of counting; or NULL */
    void *ctx;
    int64_t flags;
    bool visited;                                  /* it has a text */
    int64_t answers, blank_answers, plain_answers; /* plain: no JSON */
    enum err rc;
    struct error error;
};

enum err scanning_open(const struct detect_options *o, struct scanning **out, struct error *err)
{
    struct scanning *s = calloc(1, sizeof(*s));
    enum err rc;

    if (!s)
        return error_set(err, ERR_NOMEM, "out of memory for scanning");
    rc = detector_open(o, &s->detector, err);
    if (!rc) {
        s->counts = calloc(2 * detector_kinds(s->detector) + 1, sizeof(*s->counts));
        if (!s->counts)
            rc = error_set(err, ERR_NOMEM, "out of memory for scanning");
    }
    for (size_t i = 0; !rc && i < ANSWER_FAULTS; i++)
        s->fault_kinds[i] = detector_find_kind(s->detector, sv_from(answer_fault_names[i]));
    for (unsigned k = 0; !rc && k < detector_kinds(s->detector); k++)
        s->families |= 1u << detector_family(s->detector, k);
    if (!rc) {
        *out = s;
        s = NULL;
    }
    scanning_close(s);
    return rc;
}

void scanning_close(struct scanning *s)
{
    if (!s)
        return;
    content_release(&s->walk);
    detector_close(s->detector);
    free(s->counts);
    free(s);
}

struct detector *scanning_detector(struct scanning *s)
{
    return s->detector;
}

/* ---- one text ----------------------------------------------------------------------------------
 */

/* The flag of a family's finds in a text of each side; 0: it is not looked for there. What the
 * application itself wrote tries nothing: it forbids. */
static const int64_t family_flags[DETECT_FAMILIES][CONTENT_ANY + 1] = {
    [DETECT_PII] = {0, FLAG_PII_INPUT,    FLAG_PII_INPUT,    FLAG_PII_OUTPUT,    0},
    [DETECT_SECRETS] = {0, FLAG_SECRET_INPUT, FLAG_SECRET_INPUT, FLAG_SECRET_OUTPUT, 0},
    [DETECT_INJECTION] = {0, 0,                 FLAG_INJECTION,    0,                  0},
    [DETECT_REFUSALS] = {0, 0,                 0,                 FLAG_REFUSAL,       0},
    [DETECT_QUALITY] = {0, 0,                 0,                 FLAG_BAD_ANSWER,    0},
};
_Static_assert(CONTENT_SYSTEM == 1 && CONTENT_INPUT == 2 && CONTENT_OUTPUT == 3, "order above");

static int64_t scanned_flags(const struct scanning *s, enum content_side side)
{
    int64_t flags = 0;

    for (enum detect_family f = 0; f < DETECT_FAMILIES; f++)
        if (s->families >> f & 1)
            flags |= FLAG_SCANNED(family_flags[f][side]);
    return flags;
}

static void tell(struct scanning *s, unsigned kind, struct sv text)
{
    bool output = s->side == CONTENT_OUTPUT;

    if (s->found) {
        const struct scanned x = {kind, !output, output || s->side == CONTENT_ANY, text};

        s->found(s->ctx, &x);
        return;
    }
    s->counts[2 * kind + output]++;
    s->flags |= family_flags[detector_family(s->detector, kind)][s->side];
}

static void tell_span(void *ctx, const struct detect_span *span)
{
    struct scanning *s = ctx;

    tell(s, span->kind, (struct sv){s->text.p + span->start, span->end - span->start});
}

static void fault(struct scanning *s, enum answer_fault fault)
{
    if (s->fault_kinds[fault] >= 0)
        tell(s, (unsigned)s->fault_kinds[fault], SV(""));
}

static void look_at_answer(struct scanning *s, const struct content_text *text)
{
    bool blank = answer_is_empty(text->text);

    s->answers++;
    s->blank_answers += blank;
    s->plain_answers += !blank && !text->json;
    if (!text->json && answer_repeats(text->text))
        fault(s, ANSWER_REPETITION);
}

static unsigned detect_sides(enum content_side side)
{
    switch (side) {
    case CONTENT_INPUT:
        return DETECT_INPUT;
    case CONTENT_OUTPUT:
        return DETECT_OUTPUT;
    case CONTENT_ANY:
        return DETECT_INPUT | DETECT_OUTPUT;
    default:
        return 0;
    }
}

void scanning_see(struct scanning *s, const struct content_text *text)
{
    if (s->rc)
        return;
    s->side = text->side;
    s->text = text->text;
    s->visited = true;
    s->flags |= scanned_flags(s, text->side);
    if (text->side == CONTENT_OUTPUT)
        look_at_answer(s, text);
    if (!text->json)
        s->rc = detect_spans(s->detector, text->text, detect_sides(text->side), tell_span, s,
                             &s->error);
}

/* ---- one call ----------------------------------------------------------------------------------
 */

void scanning_begin(struct scanning *s)
{
    s->flags = s->answers = s->blank_answers = s->plain_answers = 0;
    s->visited = false;
    s->rc = OK;
}

/* The words stand in another line: as with streams, where there are more tokens than blanks make,
 * and where each part of an answer has a line of its own. */
static bool words_elsewhere(const struct call_record *call)
{
    int64_t output = record_has(call, F_OUTPUT_TOKENS) ? record_num(call, F_OUTPUT_TOKENS) : 0;
    int64_t reasoning =
        record_has(call, F_REASONING_TOKENS) ? record_num(call, F_REASONING_TOKENS) : 0;

    return output - reasoning > BLANK_TOKENS || sv_is(call->dim[F_SOURCE_FORMAT], "claude-code");
}

/* Whether an answer without a word is wrong: not where tools are called or something failed. call
 * may be NULL. */
static bool wants_words(const struct content_walk *w, const struct call_record *call)
{
    if (w->has_tools || (call && words_elsewhere(call)))
        return false;
    return !call || ((!record_has(call, F_STATUS) || record_num(call, F_STATUS) == STATUS_OK) &&
                     !sv_is(call->dim[F_FINISH_REASON], "tool_calls"));
}

/* What only all texts together show. */
static enum err finish(struct scanning *s, const struct content_walk *w,
                       const struct call_record *call)
{
    s->side = CONTENT_OUTPUT;
    if (w->wants_json && s->plain_answers && s->plain_answers == s->answers)
        fault(s, ANSWER_INVALID_JSON);
    if (s->answers && s->answers == s->blank_answers && wants_words(w, call))
        fault(s, ANSWER_EMPTY);
    return s->rc;
}

static void add_findings(const struct scanning *s, const struct call_record *call, struct batch *b)
{
    for (size_t i = 0; i < 2 * detector_kinds(s->detector); i++) {
        struct finding_record *f = s->counts[i] ? batch_add_finding(b) : NULL;

        if (f)
            *f = (struct finding_record){.call = call->id,
                                         .kind = detector_kind(s->detector, (unsigned)(i / 2)),
                                         .output = i % 2,
                                         .n = s->counts[i],
                                         .source = call->source,
                                         .line = call->line};
        s->counts[i] = 0;
    }
}

void scanning_end(struct scanning *s, const struct content_walk *w, struct call_record *call,
                  struct batch *b)
{
    b->failed |= finish(s, w, call) != OK;
    if (!s->flags)
        return;
    record_set_num(call, F_FLAGS,
                   s->flags | (record_has(call, F_FLAGS) ? record_num(call, F_FLAGS) : 0));
    if (s->flags & FLAG_FOUND_ALL)
        add_findings(s, call, b);
}

/* ---- pieces of no call --------------------------------------------------------------------------
 */

static void see(void *ctx, const struct content_text *text)
{
    scanning_see(ctx, text);
}

static void see_all(struct scanning *s, const struct json_doc *d, enum content_side side)
{
    if (!content_visit(&s->walk, d, 0, side) && !s->rc)
        s->rc = error_set(&s->error, ERR_NOMEM, "out of memory for scanning");
}

enum err scanning_piece(struct scanning *s, const struct json_doc *d, struct sv text,
                        void (*found)(void *ctx, const struct scanned *x), void *ctx,
                        struct error *err)
{
    const struct content_text whole = {.side = CONTENT_ANY, .text = text};
    enum err rc;

    scanning_begin(s);
    s->walk.visit = see;
    s->walk.ctx = s;
    s->walk.wants_json = s->walk.has_tools = false;
    s->found = found;
    s->ctx = ctx;
    if (!d)
        scanning_see(s, &whole);
    else
        see_all(s, d, CONTENT_NONE);
    rc = finish(s, &s->walk, NULL);
    if (!rc && d && !s->visited) {
        see_all(s, d, CONTENT_ANY);
        rc = s->rc;
    }
    s->found = NULL;
    if (rc)
        *err = s->error;
    return rc;
}
