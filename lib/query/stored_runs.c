/* stored_runs: see the header. */
#include "query/stored_runs.h"

#include "base/buf.h"
#include "base/hash.h"
#include "store/case_scores.h"
#include "base/banned.h"

enum { LABELS_MOST = 1000, LABELS_SHOWN = 20 };

struct loading {
    struct case_runs *runs;
    int side;
    struct arena arena;
    struct sv labels[LABELS_MOST]; /* of the runs that there are, in order */
    size_t n_labels;
    struct sv wanted;
    struct keymap lines;  /* of the run's scores: source and line */
    struct keymap inputs; /* with a score of the run */
    struct keymap others; /* with a score of another run: their calls belong to whose line it is */
    struct batch batch;   /* of one record */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the runs of the database");
}

static struct sv label_of(const struct stored_case *c)
{
    return c->run.p ? c->run : c->path;
}

/* ---- which runs there are ----------------------------------------------------------------- */

static enum err note_label(void *ctx, const struct stored_case *c, struct error *err)
{
    struct loading *l = ctx;
    struct sv label = label_of(c);

    if (!c->case_id.p)
        return OK;
    for (size_t i = l->n_labels; i-- > 0;) /* scores of a run stand together */
        if (sv_eq(l->labels[i], label))
            return OK;
    if (l->n_labels == LABELS_MOST)
        return OK;
    l->labels[l->n_labels] = arena_copy(&l->arena, label);
    return l->labels[l->n_labels++].p ? OK : no_memory(err);
}

static enum err list_labels(const struct loading *l, const char *name, enum err code,
                            const char *what, struct error *err)
{
    struct buf names = {0};

    for (size_t i = 0; i < l->n_labels && i < LABELS_SHOWN; i++) {
        buf_str(&names, i ? ", " : "");
        buf_sv(&names, l->labels[i]);
    }
    if (l->n_labels > LABELS_SHOWN)
        buf_printf(&names, " and %zu more", l->n_labels - LABELS_SHOWN);
    error_set(err, code, "%s \"%s\" in the database; there %s %s", what, name,
              l->n_labels == 1 ? "is" : "are", names.p ? names.p : "none");
    buf_release(&names);
    return code;
}

/* "results/run.json" ends in "run.json". */
static bool ends_in(struct sv label, struct sv name)
{
    return label.n > name.n && label.p[label.n - name.n - 1] == '/' &&
           memcmp(label.p + label.n - name.n, name.p, name.n) == 0;
}

static enum err find_label(struct loading *l, const char *name, struct error *err)
{
    struct sv text = sv_from(name);
    size_t found = 0;

    for (size_t i = 0; i < l->n_labels; i++)
        if (sv_eq(l->labels[i], text)) {
            l->wanted = l->labels[i];
            return OK;
        }
    for (size_t i = 0; i < l->n_labels; i++)
        if (ends_in(l->labels[i], text)) {
            l->wanted = l->labels[i];
            found++;
        }
    if (found == 1)
        return OK;
    return found ? list_labels(l, name, ERR_USAGE, "several runs end in", err)
                 : list_labels(l, name, ERR_NOT_FOUND, "no run", err);
}

/* ---- one of them -------------------------------------------------------------------------- */

static uint64_t line_key(const struct stored_case *c)
{
    const int64_t place[2] = {c->source_id, c->line};

    return hash64(place, sizeof(place), 0);
}

static bool note(struct keymap *m, uint64_t key)
{
    return keymap_add(m, key) != KEYMAP_NONE;
}

static enum err add_score(struct loading *l, const struct stored_case *c, struct error *err)
{
    struct score_record *s = NULL;

    if (!sv_eq(label_of(c), l->wanted))
        return note(&l->others, (uint64_t)c->source_id) ? OK : no_memory(err);
    batch_reset(&l->batch);
    s = batch_add_score(&l->batch);
    if (!s || !note(&l->lines, line_key(c)) || !note(&l->inputs, (uint64_t)c->source_id))
        return no_memory(err);
    s->target = TARGET_CASE;
    s->target_id = c->case_id;
    s->name = c->metric;
    s->run = l->wanted;
    s->cluster = c->cluster;
    s->value = c->value;
    s->passed = c->passed;
    return case_runs_add(l->runs, l->side, &l->batch, err);
}

static void set(struct call_record *call, enum call_field f, struct maybe_i64 v)
{
    if (v.known)
        record_set_num(call, f, v.v);
}

static enum err add_call(struct loading *l, const struct stored_case *c, struct error *err)
{
    struct call_record *call = NULL;

    if (keymap_find(&l->lines, line_key(c)) == KEYMAP_NONE &&
        (keymap_find(&l->inputs, (uint64_t)c->source_id) == KEYMAP_NONE ||
         keymap_find(&l->others, (uint64_t)c->source_id) != KEYMAP_NONE))
        return OK;
    batch_reset(&l->batch);
    call = batch_add_call(&l->batch);
    if (!call)
        return no_memory(err);
    set(call, F_COST_GIVEN_NUSD, c->cost_nusd);
    set(call, F_INPUT_TOKENS, c->input_tokens);
    set(call, F_OUTPUT_TOKENS, c->output_tokens);
    set(call, F_TOTAL_TOKENS_GIVEN, c->total_tokens);
    set(call, F_LATENCY_US, c->latency_us);
    return case_runs_add(l->runs, l->side, &l->batch, err);
}

static enum err add_row(void *ctx, const struct stored_case *c, struct error *err)
{
    return c->case_id.p ? add_score(ctx, c, err) : add_call(ctx, c, err);
}

enum err stored_run_load(struct store *s, const char *name, struct case_runs *runs, int side,
                         struct case_run **out, struct error *err)
{
    struct loading l = {.runs = runs, .side = side};
    enum err rc = store_case_scores(s, note_label, &l, err);

    if (!rc)
        rc = find_label(&l, name, err);
    if (!rc)
        rc = store_case_scores(s, add_row, &l, err);
    if (!rc) {
        *out = case_run_find(runs, side, l.wanted);
        (*out)->usage = runs->loose[side];
        runs->loose[side] = (struct run_usage){0};
    }
    keymap_release(&l.lines);
    keymap_release(&l.inputs);
    keymap_release(&l.others);
    batch_release(&l.batch);
    arena_release(&l.arena);
    return rc;
}
