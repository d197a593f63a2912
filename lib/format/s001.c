/* s001: the privacy log, whose lines carry hashes and lengths instead of texts. */
#include "format/flat.h"
#include "format/readers.h"

#include "base/banned.h"

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_all(seen, SIGN_BIT(SIGN_TOKENS)) &&
           seen_any(seen, SIGN_BIT(SIGN_GUARDRAILS) | SIGN_BIT(SIGN_INPUT_HASH)) &&
           json_get(doc, seen->at[SIGN_TOKENS], "input") != JSON_END &&
           json_get(doc, seen->at[SIGN_TOKENS], "output") != JSON_END;
}

static struct score_record *add_verdict(struct flat *f, const struct call_record *call,
                                        struct sv key, const char *name)
{
    struct score_record *s = add_call_score(&f->r, &call->id, key, sv_from(name), SV("rule"));

    if (s && record_has(call, F_STARTED_US))
        s->at_us = (struct maybe_i64){record_num(call, F_STARTED_US), true};
    return s;
}

/* One score "guardrail_rule" for a rule that was triggered. */
static bool add_rule(struct flat *f, const struct call_record *call, struct sv rule)
{
    const struct identity named = {.kind = ID_OWN, .family = SV("guardrail_rule"), .own = rule};
    struct score_record *s = add_verdict(f, call, identity_text(&f->r, &named), "guardrail_rule");

    if (!s)
        return false;
    s->label = rule;
    s->passed = (struct maybe_i64){0, true};
    return true;
}

/* {"passed":true,"triggered":["pii"],"action":"filtered"} as guardrails of the call, without an action
 * flagged when it passed and blocked when not; and as a score "guardrail" and one for each triggered rule. */
static bool add_guardrails(struct flat *f, struct call_record *call)
{
    const struct json_doc *d = f->r.c->doc;
    json_ref rails = json_get(d, 0, "guardrails");
    json_ref triggered = json_get(d, rails, "triggered");
    struct maybe_i64 passed = scalar_bool(d, json_get(d, rails, "passed"));
    struct sv action = scalar_id(&f->r, d, json_get(d, rails, "action"));
    json_ref rule = json_type(d, triggered) == JSON_ARRAY ? json_first(d, triggered) : JSON_END;

    if (passed.known) {
        struct score_record *s = add_verdict(f, call, SV("guardrail"), "guardrail");

        if (!s)
            return false;
        s->passed = passed;
    }
    if (rule != JSON_END || (passed.known && !passed.v))
        call_set_flag(call, FLAG_GUARDRAIL);
    if (!action.n && passed.known)
        action = passed.v ? SV("flagged") : SV("blocked");
    if (passed.known && !passed.v && rule == JSON_END)
        call_add_guardrail(&f->r, call, SV_NONE, action);
    for (; rule != JSON_END; rule = json_next(d, triggered, rule)) {
        struct sv name = scalar_id(&f->r, d, rule);

        if (!name.n)
            continue;
        call_add_guardrail(&f->r, call, name, action);
        if (!add_rule(f, call, name))
            return false;
    }
    return true;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    static const struct flat_rules rules = {.format = "privacy-log", .more = add_guardrails};

    return flat_read(c, &rules, skipped_kind, bad_field, err);
}

const struct format format_privacy_log = {
    .name = "privacy-log",
    .summary = "structured privacy logger: tokens, hashes and guardrails without texts",
    .claims = claims,
    .read = read,
};
