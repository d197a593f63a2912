/* s002: structlog lines about model calls, and the rows of prompt analytics. */
#include "format/flat.h"
#include "format/readers.h"

#include "base/banned.h"

static bool is_call_event(const struct json_doc *doc, json_ref event)
{
    struct sv name = json_type(doc, event) == JSON_STRING ? json_raw(doc, event) : SV_NONE;

    return sv_is(name, "llm_interaction") || sv_is(name, "llm_call");
}

/* An event with a level and nothing of a model is another log line of the same program. */
static bool is_other_event(const struct json_doc *doc, const struct seen *seen)
{
    return seen_all(seen, SIGN_BIT(SIGN_EVENT) | SIGN_BIT(SIGN_LEVEL)) &&
           json_type(doc, seen->at[SIGN_EVENT]) == JSON_STRING && !seen_call(seen);
}

static bool claims_structlog(const struct json_doc *doc, const struct seen *seen)
{
    return (seen_all(seen, SIGN_BIT(SIGN_EVENT)) && is_call_event(doc, seen->at[SIGN_EVENT])) ||
           seen_all(seen, SIGN_BIT(SIGN_PROMPT_TOKENS) | SIGN_BIT(SIGN_LATENCY_MS) |
                              SIGN_BIT(SIGN_FINISH_REASON)) ||
           is_other_event(doc, seen);
}

static const char *skip_structlog(const struct flat *f)
{
    const struct json_doc *d = f->r.c->doc;

    if (seen_all(&f->seen, SIGN_BIT(SIGN_EVENT)) && is_call_event(d, f->seen.at[SIGN_EVENT]))
        return NULL;
    if (is_other_event(d, &f->seen))
        return "other event";
    return seen_call(&f->seen) ? NULL : "no call";
}

static enum line_outcome read_structlog(const struct line_context *c, struct sv *skipped_kind,
                                        struct sv *bad_field, struct error *err)
{
    static const struct flat_rules rules = {.format = "structlog", .skip = skip_structlog};

    return flat_read(c, &rules, skipped_kind, bad_field, err);
}

const struct format format_structlog = {
    .name = "structlog",
    .summary = "structlog lines with event llm_interaction or llm_call",
    .claims = claims_structlog,
    .read = read_structlog,
};

static bool claims_analytics(const struct json_doc *doc, const struct seen *seen)
{
    (void)doc;
    return seen_all(seen, SIGN_BIT(SIGN_TEMPLATE_HASH) | SIGN_BIT(SIGN_VARIABLES));
}

/* `tokens` is the total, and all there is. */
static bool add_total(struct flat *f, struct call_record *call)
{
    const struct json_doc *d = f->r.c->doc;
    struct maybe_i64 total = {0, false};

    if (!scalar_count(&f->r, (struct place){d, "tokens", json_get(d, 0, "tokens")}, &total))
        return false;
    if (total.known)
        record_set_num(call, F_TOTAL_TOKENS_GIVEN, total.v);
    return true;
}

static const char *skip_analytics(const struct flat *f)
{
    return claims_analytics(f->r.c->doc, &f->seen) ? NULL : "no prompt analytics";
}

static enum line_outcome read_analytics(const struct line_context *c, struct sv *skipped_kind,
                                        struct sv *bad_field, struct error *err)
{
    static const struct flat_rules rules = {.format = "prompt-analytics",
                                            .skip = skip_analytics,
                                            .more = add_total};

    return flat_read(c, &rules, skipped_kind, bad_field, err);
}

const struct format format_prompt_analytics = {
    .name = "prompt-analytics",
    .summary = "rows of prompt analytics: template hash, total tokens, score",
    .claims = claims_analytics,
    .read = read_analytics,
};
