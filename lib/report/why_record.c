/* why_record: every field of a record, with where it comes from. */
#include "report/why_rows.h"

#include <inttypes.h>
#include "query/scalars.h"
#include "report/trace_view.h"
#include "report/words.h"
#include "base/banned.h"

static const char section[] = "record";

/* One answer's record. */
struct record {
    struct why *w;
    const struct trace_node *n;
    struct source_paths sources;
    const char *missing[F_COUNT + 12]; /* names of fields, for people */
    size_t n_missing;
    const char *prefix; /* of the scalars that are being added */
    struct error *err;
    enum err rc;
};

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for a record");
}

/* ---- rows --------------------------------------------------------------------------------- */

/* A field: its value for machines, as w->text has it for people, and why it is what it is. */
static enum err add_field(struct record *r, struct sv name, const char *origin, struct cell value,
                          const char *reason)
{
    struct why *w = r->w;
    struct sv shown = words_take(&w->text, &w->out->arena);
    struct row *row = why_row(w, section, 1, name);

    why_mark(row, origin);
    if (row)
        row->cells[WHY_VALUE] = value;
    buf_sv(&w->text, shown);
    if (reason) {
        why_separate(w);
        buf_str(&w->text, reason);
    }
    return why_end(w, row, r->err);
}

static enum err add_text(struct record *r, const char *name, struct sv text, const char *origin,
                         const char *reason)
{
    struct sv kept = text.p ? arena_copy(&r->w->out->arena, text) : SV_NONE;

    if (!text.p) {
        r->missing[r->n_missing++] = name;
        return OK;
    }
    buf_sv(&r->w->text, kept);
    return kept.p ? add_field(r, sv_from(name), origin, cell_text(kept), reason)
                  : no_memory(r->err);
}

/* ---- fields of a call --------------------------------------------------------------------- */

/* That a text was scanned and nothing found is no word about the call. */
static void add_flags(struct buf *b, int64_t flags)
{
    static const struct {
        int64_t flag;
        const char *word;
    } words[] = {
        {FLAG_STREAMING,        "streaming"                        },
        {FLAG_BATCH,            "batch"                            },
        {FLAG_FROM_CACHE,       "from a cache"                     },
        {FLAG_AGGREGATE,        "aggregate"                        },
        {FLAG_SIDECHAIN,        "sidechain"                        },
        {FLAG_ZONELESS,         "no time zone"                     },
        {FLAG_GUARDRAIL,        "guardrail"                        },
        {FLAG_LOGGED_REFUSED,   "refused, by the log"              },
        {FLAG_LOGGED_PII_FOUND, "personal data, by the log"        },
        {FLAG_PII_INPUT,        "personal data in the input"       },
        {FLAG_PII_OUTPUT,       "personal data in the output"      },
        {FLAG_SECRET_INPUT,     "a secret in the input"            },
        {FLAG_SECRET_OUTPUT,    "a secret in the output"           },
        {FLAG_INJECTION,        "reads like an injection"          },
        {FLAG_REFUSAL,          "reads like a refusal"             },
        {FLAG_BAD_ANSWER,       "no usable answer"                 },
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (flags & words[i].flag)
            buf_printf(b, "%s%s", b->n ? ", " : "", words[i].word);
}

/* The value of a number field in words. */
static void add_words(struct why *w, enum call_field f, int64_t v)
{
    const char *unit = call_fields[f].unit;
    struct buf *b = &w->text;

    if (f == F_STARTED_US)
        words_time(b, w->spec->zone, v);
    else if (f == F_STATUS)
        buf_sv(b, call_status_name(v));
    else if (f == F_FLAGS)
        add_flags(b, v);
    else if (f == F_INPUT_HASH || f == F_OUTPUT_HASH || f == F_ERROR_HASH)
        buf_printf(b, "%016" PRIx64, (uint64_t)v);
    else if (f == F_HTTP_STATUS)
        buf_printf(b, "%" PRId64, v);
    else if (strcmp(unit, "us") == 0)
        words_duration(b, v);
    else if (strcmp(unit, "nusd") == 0)
        words_money(b, v);
    else
        words_count(b, v);
}

/* Texts and numbers, as machines have them. */
static struct cell value_cell(struct why *w, enum call_field f, int64_t v)
{
    struct sv text = {w->text.p, w->text.n};

    if (f < F_DIM_COUNT || f == F_STATUS || f == F_FLAGS || f == F_INPUT_HASH ||
        f == F_OUTPUT_HASH || f == F_ERROR_HASH)
        return cell_text(arena_copy(&w->out->arena, text));
    return cell_int(v);
}

/* Why a field that is known was not logged as such; NULL: it was. */
static const char *derived_from(const struct record *r, enum call_field f)
{
    const struct trace_node *n = r->n;
    const int64_t *v = n->call->v;

    if (known(v[C_INHERITED]) && v[C_INHERITED] >> f & 1)
        return f == F_FLAGS ? "guardrail: from a span of its trace" : "from a span above";
    if (f == F_LATENCY_US && n->kind == NODE_SPAN && v[f] == n->duration_us)
        return "end - start of the span";
    if (f == F_FINISH_REASON && known(v[F_FINISH_REASON_RAW]) &&
        !sv_eq(why_dimension(r->w, n, f), why_dimension(r->w, n, F_FINISH_REASON_RAW)))
        return "from finish_reason_raw";
    if (f == F_SOURCE_FORMAT)
        return "as its format was recognised";
    return NULL;
}

static enum err add_call_field(struct record *r, enum call_field f)
{
    struct why *w = r->w;
    int64_t v = r->n->call->v[f];
    const char *reason = known(v) ? derived_from(r, f) : NULL;
    bool money = f == F_COST_GIVEN_NUSD && w->spec->no_cost;
    struct cell value;

    if (money)
        return OK;
    if (!known(v)) {
        r->missing[r->n_missing++] = call_fields[f].name;
        return OK;
    }
    w->text.n = 0;
    if (f < F_DIM_COUNT)
        buf_sv(&w->text, why_dimension(w, r->n, f));
    else
        add_words(w, f, v);
    if (f == F_FLAGS && !w->text.n) {
        r->missing[r->n_missing++] = call_fields[f].name;
        return OK;
    }
    value = value_cell(w, f, v);
    return add_field(r, sv_from(call_fields[f].name), reason ? "derived" : "logged", value, reason);
}

/* Figures that are made from the fields. */
static enum err add_derived(struct record *r)
{
    struct why *w = r->w;
    const int64_t *cols[C_COUNT], *v = r->n->call->v;
    int64_t room[1], tps;
    enum err rc = OK;

    for (int c = 0; c < C_COUNT; c++)
        cols[c] = &v[c];
    tps = call_values(V_TOKENS_PER_SECOND, COST_OF_LOG_OR_PRICES, cols, 1, room)[0];
    w->text.n = 0;
    if (known(tps)) {
        buf_printf(&w->text, "%.1f", key_to_real(tps));
        rc = add_field(r, SV("tokens_per_second"), "derived", cell_real(key_to_real(tps)),
                       "output tokens / (latency - first token)");
    }
    if (rc || w->spec->no_cost || !known(v[C_COST_COMPUTED_NUSD]))
        return rc;
    words_money(&w->text, v[C_COST_COMPUTED_NUSD]);
    return add_field(r, SV("cost_computed_nusd"), "derived", cell_int(v[C_COST_COMPUTED_NUSD]),
                     "tokens x the price row");
}

static enum err add_call_fields(struct record *r)
{
    const struct call_entry *c = r->n->call;
    int64_t session = c->v[C_SESSION_KEY];
    bool from_above = known(c->v[C_INHERITED]) && c->v[C_INHERITED] >> C_SESSION_KEY & 1;
    struct sv text = known(session) ? store_session_text(r->w->s, session, &r->w->arena) : SV_NONE;
    enum err rc = add_text(r, "request_id", c->request, "logged", NULL);

    if (!rc && c->own.n)
        rc = add_text(r, "own_id", c->own, "logged", NULL);
    if (!rc)
        rc = add_text(r, "session", text, from_above ? "derived" : "logged",
                      from_above ? "from a span above" : NULL);
    for (int f = 0; f < F_COUNT && !rc; f++)
        rc = add_call_field(r, (enum call_field)f);
    return rc ? rc : add_derived(r);
}

/* ---- fields of a span --------------------------------------------------------------------- */

static enum err add_time(struct record *r, const char *name, int64_t us)
{
    if (!known(us)) {
        r->missing[r->n_missing++] = name;
        return OK;
    }
    r->w->text.n = 0;
    words_time(&r->w->text, r->w->spec->zone, us);
    return add_field(r, sv_from(name), "logged", cell_int(us), NULL);
}

static enum err add_span_fields(struct record *r)
{
    const struct trace_node *n = r->n;
    bool call = n->call != NULL; /* which says the rest */
    enum err rc = add_text(r, "span_id", n->id, "logged", NULL);

    if (!rc)
        rc = add_text(r, "parent_span_id", n->parent_id, "logged", NULL);
    if (!rc)
        rc = add_text(r, "name", n->name, "logged", NULL);
    if (!rc && !call)
        rc = add_text(r, "kind", n->span_kind, "derived", "from its name and attributes");
    if (!rc && !call)
        rc = add_text(r, "service", n->service, "logged", NULL);
    if (!rc && n->scope.n)
        rc = add_text(r, "scope", n->scope, "logged", NULL);
    if (!rc && !call)
        rc = add_text(r, "status", call_status_name(n->status), "logged", NULL);
    if (!rc && !call)
        rc = add_text(r, "error_kind", n->error_kind, "logged", NULL);
    if (!rc && !call)
        rc = add_time(r, "started_us", n->started_us);
    return rc || call ? rc : add_time(r, "ended_us", n->ended_us);
}

static bool add_scalar(void *ctx, struct sv key, struct sv value)
{
    struct record *r = ctx;
    struct why *w = r->w;
    struct sv name, kept = arena_copy(&w->out->arena, value);

    w->text.n = 0;
    buf_str(&w->text, r->prefix);
    buf_sv(&w->text, key);
    name = words_take(&w->text, &w->arena);
    buf_sv(&w->text, kept);
    r->rc =
        name.p && kept.p ? add_field(r, name, "logged", cell_text(kept), NULL) : no_memory(r->err);
    return r->rc == OK;
}

static enum err add_scalars(struct record *r, const char *prefix, struct sv object)
{
    r->prefix = prefix;
    r->rc = OK;
    if (!scalars_each(object, &r->w->arena, add_scalar, r) && !r->rc)
        return no_memory(r->err);
    return r->rc;
}

/* ---- the source, and what is missing ------------------------------------------------------ */

static enum err add_source(struct record *r)
{
    const struct trace_node *n = r->n;
    bool call = n->call != NULL;
    struct sv path = source_path(&r->sources, call ? n->call->v[C_SOURCE_ID] : n->source_id);
    int64_t line = call ? n->call->v[C_SOURCE_LINE] : n->source_line;
    enum err rc = add_text(r, "source_file", path, "logged", NULL);

    r->w->text.n = 0;
    if (rc || line <= 0)
        return rc;
    words_count(&r->w->text, line);
    return add_field(r, SV("source_line"), "logged", cell_int(line), NULL);
}

static enum err add_missing(struct record *r)
{
    struct why *w = r->w;
    enum err rc = OK;
    struct row *row;

    for (size_t i = 0; i < r->n_missing && w->spec->missing && !rc; i++) {
        w->text.n = 0;
        rc = add_field(r, sv_from(r->missing[i]), "missing", (struct cell){0}, NULL);
    }
    if (rc || w->spec->missing || !r->n_missing)
        return rc;
    row = why_row(w, section, 1, SV("not in the log"));
    why_mark(row, "missing");
    words_count(&w->text, (int64_t)r->n_missing);
    buf_str(&w->text, r->n_missing == 1 ? " field (--all)" : " fields (--all)");
    return why_end(w, row, r->err);
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* The only call; where there is none or several, the span that the answer is about. */
static const struct trace_node *record_node(const struct why *w)
{
    if (w->n_calls == 1)
        return &w->t->nodes[w->calls[0]];
    return why_subject(w);
}

static enum err add_first_row(struct record *r)
{
    struct why *w = r->w;
    struct row *row = why_row(w, section, 0, SV("record"));

    buf_str(&w->text, r->n->kind == NODE_SPAN ? "the span " : "the ");
    why_name(w, r->n);
    return why_end(w, row, r->err);
}

enum err why_add_record(struct why *w, struct error *err)
{
    struct record r = {.w = w, .n = record_node(w), .err = err};
    enum err rc;

    if (!r.n || r.n->kind == NODE_GROUP)
        return OK;
    rc = source_paths_load(w->s, &w->arena, &r.sources, err);
    if (!rc)
        rc = add_first_row(&r);
    if (!rc)
        rc = add_source(&r);
    if (!rc && r.n->kind == NODE_SPAN)
        rc = add_span_fields(&r);
    if (!rc && r.n->call)
        rc = add_call_fields(&r);
    if (!rc && r.n->call && known(r.n->call->v[C_META_ID]))
        rc = add_scalars(&r, "meta.", store_meta_text(w->s, r.n->call->v[C_META_ID], &w->arena));
    if (!rc && r.n->kind == NODE_SPAN)
        rc = add_scalars(&r, "attr.", r.n->attributes);
    return rc ? rc : add_missing(&r);
}
