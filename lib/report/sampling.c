/* sampling: which calls a judge gets to see, reproducibly, and what they stand for. */
#include "report/sampling.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/draw.h"
#include "base/utf8.h"
#include "query/trace_load.h"
#include "base/banned.h"

#define GUARDRAIL "guardrail_triggered"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the sample");
}

/* A call that may be taken. */
struct candidate {
    uint64_t hash; /* of its id; until that is known its place: chunk * CHUNK_ROWS + row */
    int64_t call_id;
    bool always;
};

struct sampling {
    struct store *s;
    const struct sampling_spec *spec;
    struct where *always; /* NULL: the flag, or none */
    bool by_flag;
    int64_t *room;
    unsigned char *keep;
    struct candidate *v;
    size_t n, cap;
    struct table *out;
};

/* ---- which calls -------------------------------------------------------------------------- */

static bool reserve(struct sampling *x, size_t more)
{
    struct candidate *grown;
    size_t cap = x->cap ? x->cap : 1024;

    while (cap < x->n + more)
        cap *= 2;
    if (cap == x->cap)
        return true;
    grown = realloc(x->v, cap * sizeof(*grown));
    if (!grown)
        return false;
    x->v = grown;
    x->cap = cap;
    return true;
}

/* One thread at a time. */
static bool see_slice(void *ctx, const struct slice *slice)
{
    struct sampling *x = ctx;

    if (!reserve(x, (size_t)slice->rows))
        return false;
    memset(x->keep, x->always != NULL, (size_t)slice->rows);
    if (x->always)
        where_apply(x->always, slice->cols, slice->rows, x->room, x->keep);
    for (int64_t i = 0; i < slice->rows; i++) {
        int64_t flags = slice->cols[F_FLAGS][i];
        bool flagged = x->by_flag && flags != CALL_MISSING && (flags & FLAG_GUARDRAIL);

        if (slice->group[i] != SCAN_OUT)
            x->v[x->n++] =
                (struct candidate){(uint64_t)slice->chunk->number * CHUNK_ROWS + (uint64_t)i, 0,
                                   flagged || x->keep[i]};
    }
    return true;
}

static enum err gather(struct sampling *x, struct error *err)
{
    const char *always = x->spec->always;
    struct scan *scan = NULL;
    uint64_t mask = UINT64_C(1) << F_FLAGS;
    enum err rc = scan_open(x->s, &x->spec->calls, &scan, err);

    x->by_flag = always && strcmp(always, GUARDRAIL) == 0;
    x->room = malloc(CHUNK_ROWS * sizeof(*x->room));
    x->keep = malloc(CHUNK_ROWS);
    if (!rc && (!x->room || !x->keep))
        rc = no_memory(err);
    if (!rc && always && !x->by_flag)
        rc = scan_open_where(scan, sv_from(always), &x->always, err);
    if (!rc && x->always)
        mask |= where_columns(x->always);
    if (!rc)
        rc = scan_walk(scan, mask, see_slice, x, err);
    where_close(x->always);
    scan_close(scan);
    return rc;
}

static struct sv id_of(const struct call_entry *c)
{
    return c->request.p ? c->request : c->span.p ? c->span : c->own;
}

/* Where a line has no id, what tells it from other lines takes its place. */
static uint64_t hash_of(const struct call_entry *c)
{
    struct sv id = id_of(c);
    char key[17];

    if (id.n)
        return draw_hash(id);
    snprintf(key, sizeof(key), "%016" PRIx64, (uint64_t)c->v[C_IDENTITY_KEY]);
    return draw_hash((struct sv){key, 16});
}

static int by_chunk(const void *a, const void *b)
{
    const struct chunk_info *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

/* From places to calls and the hashes of their ids. */
static enum err identify(struct sampling *x, struct error *err)
{
    struct chunk_info *chunks = NULL;
    struct arena arena = {0};
    size_t n = 0;
    enum err rc = store_chunks(x->s, &chunks, &n, err);

    for (size_t i = 0; i < x->n && !rc; i++) {
        struct candidate *c = &x->v[i];
        struct chunk_info wanted = {.number = (int64_t)(c->hash / CHUNK_ROWS)};
        const struct chunk_info *chunk = bsearch(&wanted, chunks, n, sizeof(*chunks), by_chunk);
        struct call_entry call;

        if (!chunk)
            continue;
        rc = store_call_at(x->s, chunk, (int64_t)(c->hash % CHUNK_ROWS), &c->call_id, err);
        if (!rc)
            rc = store_call(x->s, c->call_id, &arena, &call, err);
        if (!rc)
            c->hash = hash_of(&call);
        arena_reset(&arena);
    }
    store_read_done(x->s);
    arena_release(&arena);
    free(chunks);
    return rc;
}

static int by_id(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static enum err drop_scored(struct sampling *x, struct error *err)
{
    int64_t *ids = NULL;
    size_t n = 0, left = 0;
    enum err rc = store_scored_calls(x->s, &ids, &n, err);

    for (size_t i = 0; i < x->n && !rc; i++)
        if (!n || !bsearch(&x->v[i].call_id, ids, n, sizeof(*ids), by_id))
            x->v[left++] = x->v[i];
    x->n = rc ? x->n : left;
    free(ids);
    return rc;
}

static int by_hash(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->call_id > y->call_id) - (x->call_id < y->call_id);
}

/* Leaves those that are taken, in the order of their hashes. */
static void choose(struct sampling *x, struct sampled *counts)
{
    const struct sampling_spec *spec = x->spec;
    size_t left = 0;
    bool capped = false;

    if (x->n)
        qsort(x->v, x->n, sizeof(*x->v), by_hash);
    for (size_t i = 0; i < x->n; i++) {
        const struct candidate *c = &x->v[i];
        bool drawn = draw_takes(c->hash, spec->rate_ppb);

        *(c->always ? &counts->always : &counts->others) += 1;
        if (!c->always && drawn && spec->most && counts->others_taken == spec->most) {
            capped = true;
            drawn = false;
        }
        if (!c->always && !drawn)
            continue;
        *(c->always ? &counts->always_taken : &counts->others_taken) += 1;
        x->v[left++] = *c;
    }
    x->n = left;
    counts->weight = capped           ? (double)counts->others / (double)counts->others_taken
                     : spec->rate_ppb ? 1e9 / (double)spec->rate_ppb
                                      : 0;
}

/* ---- rows --------------------------------------------------------------------------------- */

/* Up to the weight they are written unless others are asked for: without it the answers of a judge
 * would count the calls that are all taken too often. */
enum sample_field {
    FIELD_REQUEST_ID,
    FIELD_INPUT,
    FIELD_OUTPUT,
    FIELD_CONTEXT,
    FIELD_WEIGHT,
    FIELD_STRATUM,
    FIELD_TRACE_ID,
    FIELD_SESSION,
    FIELD_MODEL,
    FIELD_FEATURE,
    FIELD_USER,
    FIELD_PROMPT,
    FIELD_PROMPT_VERSION,
    FIELD_STARTED_US,
    FIELD_COUNT,
};

static const struct {
    const char *name;
    enum unit unit;
} fields[FIELD_COUNT] = {
    [FIELD_REQUEST_ID] = {"request_id",     UNIT_NONE},
    [FIELD_INPUT] = {"input",          UNIT_NONE},
    [FIELD_OUTPUT] = {"output",         UNIT_NONE},
    [FIELD_CONTEXT] = {"context",        UNIT_NONE},
    [FIELD_WEIGHT] = {"weight",         UNIT_REAL},
    [FIELD_STRATUM] = {"stratum",        UNIT_NONE},
    [FIELD_TRACE_ID] = {"trace_id",       UNIT_NONE},
    [FIELD_SESSION] = {"session",        UNIT_NONE},
    [FIELD_MODEL] = {"model",          UNIT_NONE},
    [FIELD_FEATURE] = {"feature",        UNIT_NONE},
    [FIELD_USER] = {"user",           UNIT_NONE},
    [FIELD_PROMPT] = {"prompt",         UNIT_NONE},
    [FIELD_PROMPT_VERSION] = {"prompt_version", UNIT_NONE},
    [FIELD_STARTED_US] = {"started_us",     UNIT_US  },
};

const char *sampling_field(size_t i)
{
    return i < FIELD_COUNT ? fields[i].name : NULL;
}

static enum err add_columns(const struct sampling_spec *spec, struct table *t,
                            enum sample_field chosen[FIELD_COUNT], size_t *n, struct error *err)
{
    *n = 0;
    for (size_t i = 0; i < (spec->n_fields ? spec->n_fields : FIELD_WEIGHT + 1); i++) {
        const char *name = spec->n_fields ? spec->fields[i] : fields[i].name;
        struct column *c;
        size_t f = 0;

        while (f < FIELD_COUNT && strcmp(fields[f].name, name) != 0)
            f++;
        if (f == FIELD_COUNT || *n == FIELD_COUNT)
            return error_set(
                err, ERR_USAGE,
                "--fields: no \"%s\"; there are: request_id input output context weight "
                "stratum trace_id session model feature user prompt prompt_version "
                "started_us",
                name);
        c = table_add_column(t, fields[f].name, fields[f].name, fields[f].unit);
        if (!c)
            return no_memory(err);
        c->in_text = c->in_data = true;
        chosen[(*n)++] = (enum sample_field)f;
    }
    return OK;
}

static struct cell dimension(const struct sampling *x, const struct call_entry *c,
                             enum call_field f)
{
    return c->v[f] == CALL_MISSING ? (struct cell){0}
                                   : cell_text(store_dimension_text(x->s, f, c->v[f]));
}

static struct cell text_cell(const struct sampling *x, const struct stored_text *texts,
                             enum text_side side)
{
    struct sv text = texts[side].text;

    if (x->spec->chars[side] && text.p)
        text.n = utf8_prefix(text.p, text.n, x->spec->chars[side]);
    return cell_text(text);
}

static struct cell fill(const struct sampling *x, enum sample_field f, const struct candidate *at,
                        const struct call_entry *c, const struct stored_text *texts,
                        const struct sampled *counts)
{
    struct cell model;

    switch (f) {
    case FIELD_REQUEST_ID:
        return cell_text(id_of(c));
    case FIELD_INPUT:
        return text_cell(x, texts, TEXT_INPUT);
    case FIELD_OUTPUT:
        return text_cell(x, texts, TEXT_OUTPUT);
    case FIELD_CONTEXT:
        return text_cell(x, texts, TEXT_CONTEXT);
    case FIELD_WEIGHT:
        return cell_real(at->always ? 1 : counts->weight);
    case FIELD_STRATUM:
        return cell_text(at->always ? SV("always") : SV("other"));
    case FIELD_TRACE_ID:
        return cell_text(c->trace);
    case FIELD_SESSION:
        return c->v[C_SESSION_KEY] == CALL_MISSING
                   ? (struct cell){0}
                   : cell_text(store_session_text(x->s, c->v[C_SESSION_KEY], &x->out->arena));
    case FIELD_MODEL:
        model = dimension(x, c, F_REQUEST_MODEL);
        return model.type == CELL_TEXT ? model : dimension(x, c, F_RESPONSE_MODEL);
    case FIELD_FEATURE:
        return dimension(x, c, F_FEATURE);
    case FIELD_USER:
        return dimension(x, c, F_USER);
    case FIELD_PROMPT:
        return dimension(x, c, F_PROMPT);
    case FIELD_PROMPT_VERSION:
        return dimension(x, c, F_PROMPT_VERSION);
    case FIELD_STARTED_US:
        return c->v[F_STARTED_US] == CALL_MISSING ? (struct cell){0} : cell_int(c->v[F_STARTED_US]);
    case FIELD_COUNT:
        break;
    }
    return (struct cell){0};
}

static enum err add_rows(struct sampling *x, const enum sample_field *chosen, size_t n_chosen,
                         struct sampled *counts, struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; i < x->n && !rc; i++) {
        struct row *row = table_add_row(x->out);
        struct stored_text texts[TEXT_SIDES];
        struct call_entry call;

        rc = row ? store_call(x->s, x->v[i].call_id, &x->out->arena, &call, err) : no_memory(err);
        if (!rc)
            rc = store_texts(x->s, x->v[i].call_id, &x->out->arena, texts, err);
        if (rc)
            break;
        counts->without_text += !texts[TEXT_INPUT].text.p && !texts[TEXT_OUTPUT].text.p;
        for (size_t c = 0; c < n_chosen; c++)
            row->cells[c] = fill(x, chosen[c], &x->v[i], &call, texts, counts);
    }
    return rc;
}

enum err sampling_table(struct store *s, const struct sampling_spec *spec, struct table *out,
                        struct sampled *counts, struct error *err)
{
    struct sampling x = {.s = s, .spec = spec, .out = out};
    enum sample_field chosen[FIELD_COUNT];
    size_t n_chosen = 0;
    enum err rc = add_columns(spec, out, chosen, &n_chosen, err);

    *counts = (struct sampled){0};
    out->verb = "sample";
    out->tz = "UTC";
    if (!rc)
        rc = gather(&x, err);
    if (!rc)
        rc = identify(&x, err);
    if (!rc && spec->exclude_scored)
        rc = drop_scored(&x, err);
    if (!rc)
        choose(&x, counts);
    if (!rc)
        rc = add_rows(&x, chosen, n_chosen, counts, err);
    free(x.room);
    free(x.keep);
    free(x.v);
    return rc;
}
