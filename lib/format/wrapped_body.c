/* wrapped_body: a log line of somebody's own around the body of a provider's answer. What the body
 * does not say (cost, user, latency, a verdict) is taken from the members beside it. */
#include "format/flat.h"
#include "format/provider.h"
#include "format/readers.h"

#include "base/banned.h"

/* The body in a line: an object there, or the text of one, which is parsed into `own`. */
struct wrapped {
    const struct json_doc *d;
    json_ref at;
    struct json_doc own;
    struct arena text;
};

static void release(struct wrapped *w)
{
    json_release(&w->own);
    arena_release(&w->text);
}

/* A lone {"error":"text"} is anybody's. */
static bool is_answer(const struct json_doc *d, json_ref at)
{
    enum answer_kind kind = answer_kind(d, at);

    return kind && kind != ANSWER_OLLAMA_ERROR;
}

static bool open_body(const struct json_doc *doc, json_ref at, struct wrapped *w)
{
    struct sv text = json_type(doc, at) == JSON_STRING ? sv_trim(json_raw(doc, at)) : SV_NONE;

    w->d = doc;
    w->at = at;
    if (json_type(doc, at) == JSON_OBJECT)
        return is_answer(doc, at);
    if (!text.n || text.p[0] != '{')
        return false;
    text = json_text(doc, at, &w->text);
    if (!text.p || json_parse(&w->own, text.p, text.n, NULL))
        return false;
    w->d = &w->own;
    w->at = 0;
    return is_answer(w->d, 0);
}

/* release() in any case. */
static bool find_body(const struct json_doc *doc, struct wrapped *w)
{
    static const char *const keys[] = {"response", "response_json", "body",      "output",
                                       "result",   "raw_response",  "completion"};

    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (open_body(doc, json_get(doc, 0, keys[i]), w))
            return true;
    return false;
}

/* An error is a provider's only where the line names a model. */
static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    struct wrapped w = {0};
    bool mine = false;

    if (!seen_any(seen, SIGN_BIT(SIGN_WRAPPED)))
        return false;
    mine = find_body(doc, &w) && (seen_model(seen) || !answer_is_error(answer_kind(w.d, w.at)));
    release(&w);
    return mine;
}

/* A verdict on the answer. Any other value of `correct` is none, and a leftover. */
static struct maybe_i64 verdict(const struct json_doc *d)
{
    return scalar_bool(d, json_get(d, 0, "correct"));
}

static void drop_leftover(struct leftovers *l, const char *key)
{
    size_t i = 0;

    while (i < l->n && !sv_is(l->item[i].key, key))
        i++;
    if (i == l->n)
        return;
    l->n--;
    memmove(&l->item[i], &l->item[i + 1], (l->n - i) * sizeof(l->item[0]));
}

static bool add_verdict(const struct reading *r, const struct call_record *call)
{
    struct maybe_i64 correct = verdict(r->c->doc);
    struct score_record *s = NULL;

    if (!correct.known)
        return true;
    s = add_call_score(r, &call->id, SV("correct"), SV("correct"), SV("eval"));
    if (!s)
        return false;
    s->passed = correct;
    s->value = (struct maybe_f64){(double)correct.v, true};
    if (record_has(call, F_STARTED_US))
        s->at_us = (struct maybe_i64){record_num(call, F_STARTED_US), true};
    return true;
}

/* The id beside the body is that of an item, which several models may have answered: it names
 * neither the call nor a request. */
static bool add_call(struct flat *f, const struct wrapped *w)
{
    struct call_record *call = batch_add_call(f->r.c->out);
    const struct json_doc *d = f->r.c->doc;
    struct sv meta;

    if (!call)
        return false;
    call->source = f->r.c->source;
    call->line = f->r.c->line;
    record_set_dim(call, F_SOURCE_FORMAT, SV("wrapped-body"));
    if (!flat_fill(f, call) || !answer_read(&f->r, w->d, w->at, call) ||
        !call_settle(&f->r, call))
        return false;
    call->id = answer_identity(&f->r, w->d, w->at);
    leftover_add(&f->rest, SV("id"), d, json_get(d, 0, "id"), LEFTOVER_PLAIN);
    if (verdict(d).known)
        drop_leftover(&f->rest, "correct");
    meta = leftover_json(&f->r, &f->rest);
    if (meta.n)
        call->meta = meta;
    return answer_add_tools(&f->r, w->d, w->at, &call->id) && flat_facts(f, call) &&
           add_verdict(&f->r, call);
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    enum line_outcome outcome = LINE_SKIPPED;
    struct wrapped w = {0};
    const char *unfinished = NULL;
    struct flat f;

    if (!find_body(c->doc, &w)) {
        *skipped_kind = SV("no answer");
        goto done;
    }
    unfinished = answer_unfinished(w.d, w.at);
    if (unfinished) {
        *skipped_kind = sv_from(unfinished);
        goto done;
    }
    flat_open(&f, &r, false);
    outcome = add_call(&f, &w) ? LINE_RECORDS : LINE_BAD;
    if (outcome == LINE_BAD)
        batch_rewind(c->out, mark);
    flat_release(&f);
done:
    release(&w);
    return outcome;
}

const struct format format_wrapped_body = {
    .name = "wrapped-body",
    .summary = "a provider's body under response, body, output, result ..., with cost and verdict",
    .claims = claims,
    .read = read,
};
