/* steps: see the header. */
#include "query/steps.h"

#include <stdlib.h>
#include "base/buf.h"
#include "base/hash.h"
#include "query/json_real.h"
#include "query/phases.h"
#include "query/span_facts.h"
#include "query/step_runs.h"
#include "base/banned.h"

enum {
    BATCH = 4096,
    PATH_NODES = 32, /* that a path names; a loop of a thousand rounds is told shortly */
};

/* Columns of its call that a step has itself. */
#define OWN_COLUMNS                                                                                \
    (COLUMN(F_STARTED_US) | COLUMN(F_LATENCY_US) | COLUMN(F_STATUS) | COLUMN(F_ERROR_KIND))

/* What phases of calls are made of. */
enum call_part { PART_QUEUE, PART_CALL, PART_FIRST_TOKEN, PART_GENERATION, PART_COUNT };
static const char *const part_names[PART_COUNT] = {
    [PART_QUEUE] = "queue",
    [PART_CALL] = "model_call",
    [PART_FIRST_TOKEN] = "first_token",
    [PART_GENERATION] = "generation",
};

/* Phases that are none of spans. */
static const char tool_retries[] = "tool_retries", waiting_for_people[] = "human";

struct steps {
    struct store *store;
    enum steps_of of;
    struct scan_spec spec;
    const char *const *human;
    size_t n_human;
    const struct phase_table *phases;

    struct chunk_info *chunks;
    size_t n_chunks;
    bool reading;
    struct step_fields fields;
    struct step_runs runs;
    uint32_t n_tools;             /* items of these come first */
    struct keymap phased;         /* spans with a phase, by hash of trace and span */
    unsigned char *phase_of_span; /* by number in phased */
    uint32_t cap_phased;
    unsigned char *asks;       /* by code of a node: some decision of it asks a person */
    int64_t *path_of;          /* by request: code of its path */
    int64_t first_us, last_us; /* of all steps */

    struct axis_source source;
    struct axis *axes;
    struct bucketer *memos;
    int64_t *strides, n_keys;
    size_t n_axes;
    struct where **wheres;
    size_t n_wheres;
    uint64_t columns; /* of calls, that filters and groups look at */
    struct keymap groups;

    /* A walk: */
    struct steps_window window;
    bool (*visit)(void *ctx, const struct step_slice *slice);
    void *ctx;
    struct steps_counts counts;
    struct error *err;
    enum err rc; /* of looking up a call */
    struct error first_err;
    uint32_t item; /* the next one in the order the steps came */
    int64_t rows;  /* of the batch */
    int64_t *cols[STEP_COUNT];
    int64_t *room, *codes;
    unsigned char *keep;
    uint32_t *group;
    int64_t call_id, call[C_COUNT]; /* the call that was looked up last */
    struct arena arena;             /* until the next step */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory reading the steps");
}

static bool known(int64_t v)
{
    return v != CALL_MISSING;
}

/* ---- first reading: texts, requests, times ------------------------------------------------ */

static bool is_human(const struct steps *s, struct sv name)
{
    for (size_t i = 0; i < s->n_human; i++)
        if (sv_glob(sv_from(s->human[i]), name))
            return true;
    return false;
}

static void stretch(struct steps *s, int64_t us)
{
    if (!known(us))
        return;
    s->first_us = us < s->first_us ? us : s->first_us;
    s->last_us = us > s->last_us ? us : s->last_us;
}

/* Code of a text of a column; 0 for none. False when out of memory. */
static bool code_of(struct steps *s, int column, struct sv text, uint32_t *out)
{
    *out = 0;
    if (!text.p)
        return true;
    *out = (uint32_t)text_set_code(
        &s->fields.texts[(column == STEP_FROM ? STEP_BRANCH : column) - C_COUNT], text);
    return *out > 0;
}

static bool add_item(struct steps *s, const struct step_brief *step, struct run_item item)
{
    item.at_us = step->started_us;
    item.latency_us = step->latency_us;
    item.value = CALL_MISSING;
    item.flags |= step->status == STATUS_ERROR ? ITEM_FAILED : 0;
    return step_runs_find(&s->runs, step, &item.run) && step_runs_add(&s->runs, &item);
}

static bool note_tool(void *ctx, const struct step_brief *step)
{
    struct steps *s = ctx;
    struct run_item item = {.kind = ITEM_TOOL};
    uint32_t version;
    bool open = !known(step->latency_us) && step->status != STATUS_OK &&
                step->status != STATUS_ERROR && step->status != STATUS_CANCELLED;

    item.flags = is_human(s, step->name) ? ITEM_HUMAN : 0;
    item.flags |= open ? ITEM_OPEN : 0;
    stretch(s, step->started_us);
    return code_of(s, STEP_TOOL, step->name, &item.name) &&
           code_of(s, STEP_TOOL_VERSION, step->version, &version) && add_item(s, step, item);
}

static bool note_decision(void *ctx, const struct step_brief *step)
{
    struct steps *s = ctx;
    struct run_item item = {.kind = ITEM_DECISION};
    uint32_t condition;

    item.flags = is_human(s, step->name) ? ITEM_HUMAN : 0;
    stretch(s, step->started_us);
    return code_of(s, STEP_BRANCH, step->name, &item.name) &&
           code_of(s, STEP_FROM, step->from, &item.from) &&
           code_of(s, STEP_CONDITION, step->condition, &condition) && add_item(s, step, item);
}

static uint64_t span_key(struct sv trace, struct sv span)
{
    return hash64(span.p, span.n, hash64(trace.p, trace.n, 0));
}

/* The phase that a span counts for. One of kind tool is a tool call, too, and one with usage is a
 * call: they count as these. */
static enum phase counted_phase(const struct steps *s, const struct step_brief *step)
{
    enum phase phase = phase_of(s->phases, step->name, step->kind);

    if (s->of == STEPS_RETRIEVALS)
        return phase == PHASE_RETRIEVAL && !sv_is(step->kind, "embedding") ? phase : PHASE_NONE;
    return known(step->call_id) || sv_is(step->kind, "tool") ? PHASE_NONE : phase;
}

static bool remember_phase(struct steps *s, const struct step_brief *step, enum phase phase)
{
    uint32_t place = keymap_add(&s->phased, span_key(step->trace, step->span));

    if (place == KEYMAP_NONE)
        return false;
    if (place >= s->cap_phased) {
        uint32_t cap = s->cap_phased ? s->cap_phased * 2 : 1024;
        unsigned char *bigger = cap > s->cap_phased ? realloc(s->phase_of_span, cap) : NULL;

        if (!bigger)
            return false;
        s->phase_of_span = bigger;
        s->cap_phased = cap;
    }
    s->phase_of_span[place] = (unsigned char)phase;
    return true;
}

static bool note_span(void *ctx, const struct step_brief *step)
{
    struct steps *s = ctx;
    enum phase phase = counted_phase(s, step);
    struct run_item item = {.kind = ITEM_SPAN};
    uint32_t code;

    if (phase == PHASE_NONE)
        return true;
    stretch(s, step->started_us);
    return remember_phase(s, step, phase) &&
           code_of(s, STEP_PHASE, sv_from(phase_names[phase]), &code) &&
           code_of(s, STEP_NAME, step->name, &code) && add_item(s, step, item);
}

static enum err note_steps(struct steps *s, struct error *err)
{
    enum err rc = OK;

    if (s->of != STEPS_RETRIEVALS)
        rc = store_each_step(s->store, EACH_TOOL, note_tool, s, err);
    s->n_tools = s->runs.n_items;
    if (!rc && (s->of == STEPS_DECISIONS || s->of == STEPS_REQUESTS))
        rc = store_each_step(s->store, EACH_BRANCH, note_decision, s, err);
    if (!rc && (s->of == STEPS_RETRIEVALS || s->of == STEPS_PHASES))
        rc = store_each_step(s->store, EACH_SPAN, note_span, s, err);
    return rc;
}

/* Phases have calls as steps, too. */
static enum err note_parts(struct steps *s, struct error *err)
{
    uint32_t code;

    for (size_t i = 0; i < s->n_chunks; i++)
        if (s->chunks[i].min_started_us <= s->chunks[i].max_started_us) {
            stretch(s, s->chunks[i].min_started_us);
            stretch(s, s->chunks[i].max_started_us);
        }
    if (!code_of(s, STEP_PHASE, sv_from(phase_names[PHASE_TOOLS]), &code) ||
        !code_of(s, STEP_PHASE, sv_from(waiting_for_people), &code) ||
        !code_of(s, STEP_PHASE, sv_from(tool_retries), &code))
        return no_memory(err);
    for (size_t p = 0; p < PART_COUNT; p++)
        if (!code_of(s, STEP_PHASE, sv_from(part_names[p]), &code))
            return no_memory(err);
    return OK;
}

/* ---- what requests tell ------------------------------------------------------------------- */

static enum err find_askers(struct steps *s, struct error *err)
{
    s->asks = calloc(step_texts(&s->fields, STEP_BRANCH)->n + (size_t)1, 1);
    if (!s->asks)
        return no_memory(err);
    for (uint32_t i = 0; i < s->runs.n_items; i++)
        if (s->runs.items[i].kind == ITEM_DECISION && s->runs.items[i].flags & ITEM_HUMAN)
            s->asks[s->runs.items[i].from] = 1;
    return OK;
}

static void add_node(struct buf *path, const struct text_set *nodes, uint32_t code, int *n)
{
    if (++*n > PATH_NODES)
        return;
    buf_str(path, path->n ? " -> " : "");
    buf_sv(path, code ? nodes->v[code - 1] : SV("?"));
}

/* "draft -> human_review -> send": a node that a decision led to is not told again where the next
 * one is made there. *decided false: nothing was. */
static void tell_path(const struct steps *s, const struct run *run, struct buf *path, bool *decided)
{
    const struct text_set *nodes = step_texts(&s->fields, STEP_BRANCH);
    uint32_t last = 0;
    int n = 0;

    *decided = false;
    for (uint32_t i = 0; i < run->n; i++) {
        const struct run_item *item = &s->runs.items[s->runs.order[run->first + i]];

        if (item->kind != ITEM_DECISION)
            continue;
        if (!*decided || item->from != last)
            add_node(path, nodes, item->from, &n);
        add_node(path, nodes, item->name, &n);
        last = item->name;
        *decided = true;
    }
    if (n > PATH_NODES)
        buf_printf(path, " -> (%d more)", n - PATH_NODES);
}

static enum err find_paths(struct steps *s, struct error *err)
{
    struct buf path = {0};
    enum err rc = OK;

    s->path_of = calloc(s->runs.n + (size_t)1, sizeof(*s->path_of));
    for (uint32_t i = 0; s->path_of && i < s->runs.n && !rc; i++) {
        bool decided;
        uint32_t code = 0;

        path.n = 0;
        tell_path(s, &s->runs.runs[i], &path, &decided);
        if (path.failed || (decided && !code_of(s, STEP_PATH, (struct sv){path.p, path.n}, &code)))
            rc = no_memory(err);
        s->path_of[i] = code;
        if (decided)
            stretch(s, s->runs.runs[i].first_us <= s->runs.runs[i].last_us
                           ? s->runs.runs[i].first_us
                           : CALL_MISSING);
    }
    buf_release(&path);
    return s->path_of ? rc : no_memory(err);
}

/* ---- opening ------------------------------------------------------------------------------ */

static uint32_t fields_of(enum steps_of of)
{
#define FIELD(column) (UINT32_C(1) << ((column)-C_COUNT))
    switch (of) {
    case STEPS_TOOLS:
        return FIELD(STEP_TOOL) | FIELD(STEP_TOOL_VERSION);
    case STEPS_DECISIONS:
        return FIELD(STEP_BRANCH) | FIELD(STEP_FROM) | FIELD(STEP_CONDITION);
    case STEPS_REQUESTS:
        return FIELD(STEP_PATH);
    case STEPS_RETRIEVALS:
        return FIELD(STEP_NAME);
    case STEPS_PHASES:
        return FIELD(STEP_PHASE) | FIELD(STEP_TOOL);
    }
#undef FIELD
    return 0;
}

static enum err bind(struct steps *s, struct error *err)
{
    enum err rc;

    s->source = (struct axis_source){.store = s->store,
                                     .zone = s->spec.zone,
                                     .chunks = s->chunks,
                                     .n_chunks = s->n_chunks,
                                     .first_us = s->first_us,
                                     .last_us = s->last_us,
                                     .steps = &s->fields};
    s->axes = calloc(s->spec.n_by + 1, sizeof(*s->axes));
    s->memos = calloc(s->spec.n_by + 1, sizeof(*s->memos));
    s->strides = calloc(s->spec.n_by + 1, sizeof(*s->strides));
    s->wheres = calloc(s->spec.n_where + 1, sizeof(struct where *));
    if (!s->axes || !s->memos || !s->strides || !s->wheres)
        return no_memory(err);
    for (s->n_keys = 1; s->n_axes < s->spec.n_by; s->n_axes++) {
        struct axis *x = &s->axes[s->n_axes];

        for (size_t d = 0; d < s->n_axes; d++)
            if (strcmp(s->spec.by[d], s->spec.by[s->n_axes]) == 0)
                return error_set(err, ERR_USAGE, "by: %s is named twice", s->spec.by[d]);
        rc = axis_open(&s->source, sv_from(s->spec.by[s->n_axes]), x, err);
        if (rc)
            return rc;
        s->strides[s->n_axes] = s->n_keys;
        s->memos[s->n_axes] = axis_memo(x);
        s->columns |= x->columns;
        if (__builtin_mul_overflow(s->n_keys, x->n_codes, &s->n_keys)) {
            s->n_axes++; /* to be released */
            return error_set(err, ERR_USAGE, "by: too many combinations; name fewer dimensions");
        }
    }
    for (size_t i = 0; i < s->spec.n_where; i++) {
        rc = steps_open_where(s, sv_from(s->spec.where[i]), &s->wheres[i], err);
        if (rc)
            return rc;
        s->n_wheres++;
    }
    return OK;
}

static bool open_batch(struct steps *s)
{
    bool ok = true;

    for (int c = 0; c < STEP_COUNT; c++) {
        s->cols[c] = malloc(BATCH * sizeof(*s->cols[c]));
        ok &= s->cols[c] != NULL;
    }
    s->room = malloc(CHUNK_ROWS * sizeof(*s->room)); /* what filters want */
    s->codes = malloc(BATCH * sizeof(*s->codes));
    s->keep = malloc(BATCH);
    s->group = malloc(BATCH * sizeof(*s->group));
    return ok && s->room && s->codes && s->keep && s->group;
}

enum err steps_open(struct store *store, enum steps_of of, const struct scan_spec *spec,
                    const char *const *human, size_t n_human, const struct phase_table *phases,
                    struct steps **out, struct error *err)
{
    struct steps *s = calloc(1, sizeof(*s));
    enum err rc;

    if (!s)
        return no_memory(err);
    s->store = store;
    s->of = of;
    s->spec = *spec;
    s->human = human;
    s->n_human = n_human;
    s->phases = phases;
    s->first_us = INT64_MAX;
    s->last_us = INT64_MIN;
    s->call_id = CALL_MISSING;
    s->fields.has = fields_of(of);
    rc = scan_refuse_tags(spec, err);
    if (!rc)
        rc = store_chunks(store, &s->chunks, &s->n_chunks, err);
    s->reading = !rc;
    if (!rc)
        rc = note_steps(s, err);
    if (!rc && of == STEPS_PHASES)
        rc = note_parts(s, err);
    if (!rc)
        rc = step_runs_add_calls(&s->runs, store, spec->cost, err);
    if (!rc)
        rc = step_runs_settle(&s->runs, err);
    if (!rc && of == STEPS_DECISIONS)
        rc = find_askers(s, err);
    if (!rc && of == STEPS_REQUESTS)
        rc = find_paths(s, err);
    if (!rc)
        rc = bind(s, err);
    if (!rc && !open_batch(s))
        rc = no_memory(err);
    if (rc) {
        steps_close(s);
        return rc;
    }
    *out = s;
    return OK;
}

void steps_close(struct steps *s)
{
    if (!s)
        return;
    if (s->reading)
        store_read_done(s->store);
    step_runs_release(&s->runs);
    for (size_t i = 0; i < s->n_axes; i++)
        axis_release(&s->axes[i]);
    for (size_t i = 0; i < s->n_wheres; i++)
        where_close(s->wheres[i]);
    for (int c = 0; c < STEP_COUNT; c++)
        free(s->cols[c]);
    for (int i = 0; i < STEP_TEXT_COUNT; i++)
        text_set_release(&s->fields.texts[i]);
    text_set_release(&s->fields.contexts);
    keymap_release(&s->phased);
    keymap_release(&s->groups);
    arena_release(&s->arena);
    free(s->phase_of_span);
    free(s->asks);
    free(s->path_of);
    free(s->axes);
    free(s->memos);
    free(s->strides);
    free(s->wheres);
    free(s->room);
    free(s->codes);
    free(s->keep);
    free(s->group);
    free(s->chunks);
    free(s);
}

enum err steps_open_where(struct steps *s, struct sv text, struct where **out, struct error *err)
{
    enum err rc = where_open(&s->source, s->spec.cost, text, out, err);

    if (!rc)
        s->columns |= where_columns(*out);
    return rc;
}

const struct axis *steps_axis(const struct steps *s, size_t d)
{
    return &s->axes[d];
}

int64_t steps_code(const struct steps *s, uint32_t group, size_t d)
{
    return (int64_t)s->groups.keys[group] / s->strides[d] % s->axes[d].n_codes;
}

/* ---- a batch ------------------------------------------------------------------------------ */

static void apply_window(struct steps *s)
{
    const int64_t *started = s->cols[F_STARTED_US];
    bool bounded = s->window.since_known || s->window.until_known;

    for (int64_t i = 0; i < s->rows; i++) {
        int64_t us = started[i];

        if (!s->keep[i])
            continue;
        s->counts.without_time += !known(us);
        s->keep[i] = known(us) ? (!s->window.since_known || us >= s->window.since_us) &&
                                     (!s->window.until_known || us < s->window.until_us)
                               : !bounded;
        if (!s->keep[i])
            continue;
        s->counts.steps++;
        if (known(us)) {
            s->counts.first_us = us < s->counts.first_us ? us : s->counts.first_us;
            s->counts.last_us = us > s->counts.last_us ? us : s->counts.last_us;
        }
    }
}

static bool find_groups(struct steps *s)
{
    const int64_t *const *cols = (const int64_t *const *)s->cols;

    memset(s->room, 0, (size_t)s->rows * sizeof(*s->room));
    for (size_t d = 0; d < s->n_axes; d++) {
        axis_codes(&s->axes[d], &s->memos[d], cols, s->rows, s->codes);
        for (int64_t i = 0; i < s->rows; i++)
            s->room[i] += s->codes[i] * s->strides[d];
    }
    for (int64_t i = 0; i < s->rows; i++) {
        s->group[i] = s->keep[i] ? keymap_add(&s->groups, (uint64_t)s->room[i]) : SCAN_OUT;
        if (s->keep[i] && s->group[i] == KEYMAP_NONE)
            return false;
    }
    return true;
}

/* Filters, groups and shows the batch, which is empty then; rows whose keep is 0 already are left
 * out. */
static bool flush_kept(struct steps *s)
{
    const int64_t *const *cols = (const int64_t *const *)s->cols;
    struct step_slice slice;
    bool ok;

    for (size_t f = 0; f < s->n_wheres; f++)
        where_apply(s->wheres[f], cols, s->rows, s->room, s->keep);
    apply_window(s);
    ok = find_groups(s);
    slice = (struct step_slice){s->rows, cols, s->group, s->groups.n};
    ok = ok && s->visit(s->ctx, &slice);
    s->rows = 0;
    return ok;
}

static bool flush(struct steps *s)
{
    memset(s->keep, 1, (size_t)s->rows);
    return !s->rows || flush_kept(s);
}

/* ---- one step as a row -------------------------------------------------------------------- */

static bool needs_calls(const struct steps *s)
{
    return (s->columns & ~OWN_COLUMNS) != 0;
}

/* The columns of the step's call into the row. */
static bool take_call(struct steps *s, int64_t call_id)
{
    bool found = s->call_id == call_id && known(call_id);

    if (!found && known(call_id) && needs_calls(s)) {
        s->rc = store_call_columns(s->store, call_id, s->call, &found, &s->first_err);
        s->call_id = found ? call_id : CALL_MISSING;
    }
    for (int c = 0; c < C_COUNT; c++)
        s->cols[c][s->rows] = found ? s->call[c] : CALL_MISSING;
    return s->rc == OK;
}

static void set(struct steps *s, int column, int64_t v)
{
    s->cols[column][s->rows] = v;
}

/* A row of which nothing is known but what every step has. */
static bool begin_row(struct steps *s, const struct step_brief *step, const struct run_item *item)
{
    const struct run *run = item->run == RUN_NONE ? NULL : &s->runs.runs[item->run];
    int64_t call_id = known(step->call_id) ? step->call_id : run ? run->call_id : CALL_MISSING;
    int64_t span;

    if (!take_call(s, call_id))
        return false;
    set(s, F_STARTED_US, item->at_us);
    for (int c = C_COUNT; c < STEP_COUNT; c++)
        set(s, c, c < STEP_TEXTS_END ? 0 : CALL_MISSING);
    if (!run)
        return true;
    set(s, STEP_RUN_CALLS, run->calls);
    set(s, STEP_RUN_UNPRICED, run->unpriced);
    set(s, STEP_RUN_NUSD, run->priced ? run->cost_nusd : CALL_MISSING);
    if (run->first_us <= run->last_us &&
        !__builtin_sub_overflow(run->last_us, run->first_us, &span))
        set(s, STEP_RUN_US, span);
    return true;
}

static bool end_row(struct steps *s)
{
    s->rows++;
    arena_reset(&s->arena);
    return s->rows < BATCH || flush(s);
}

static bool has_outcome(int64_t status)
{
    return status == STATUS_OK || status == STATUS_ERROR || status == STATUS_CANCELLED;
}

/* Steps that were added behind those of the first reading do not exist here. */
static const struct run_item *next_item(struct steps *s)
{
    return s->item < s->runs.n_items ? &s->runs.items[s->item++] : NULL;
}

static void own_outcome(struct steps *s, const struct step_brief *step)
{
    set(s, F_LATENCY_US, step->latency_us);
    set(s, F_STATUS, step->status);
    set(s, F_ERROR_KIND, step->error_kind);
    if (has_outcome(step->status)) {
        set(s, STEP_FAILED, step->status == STATUS_ERROR);
        set(s, STEP_SUCCEEDED, step->status != STATUS_ERROR);
    }
}

/* What the attempts after a failed one took is told apart, too. */
static bool row_of_retry(struct steps *s, const struct step_brief *step,
                         const struct run_item *item)
{
    uint32_t code;

    if (!(item->flags & ITEM_RETRY))
        return true;
    if (!begin_row(s, step, item) || !code_of(s, STEP_PHASE, sv_from(tool_retries), &code))
        return false;
    own_outcome(s, step);
    set(s, STEP_TOOL, item->name);
    set(s, STEP_PHASE, code);
    return end_row(s);
}

static bool row_of_tool(void *ctx, const struct step_brief *step)
{
    struct steps *s = ctx;
    const struct run_item *item = next_item(s);
    uint32_t phase = 0, version;

    if (!item)
        return true;
    if (!begin_row(s, step, item) || !code_of(s, STEP_TOOL_VERSION, step->version, &version))
        return false;
    set(s, STEP_TOOL_VERSION, version);
    own_outcome(s, step);
    set(s, STEP_WHOLE_US, step->latency_us);
    set(s, STEP_TOOL, item->name);
    set(s, STEP_RETRY, (item->flags & ITEM_RETRY) != 0);
    set(s, STEP_RETRY_US, item->flags & ITEM_RETRY ? step->latency_us : CALL_MISSING);
    set(s, STEP_COST_AFTER_NUSD, item->value);
    if (has_outcome(step->status))
        set(s, STEP_TIMED_OUT,
            known(step->error_kind) &&
                sv_is(store_dimension_text(s->store, F_ERROR_KIND, step->error_kind), "timeout"));
    if (s->of == STEPS_PHASES &&
        !code_of(s, STEP_PHASE,
                 sv_from(item->flags & ITEM_HUMAN ? waiting_for_people : phase_names[PHASE_TOOLS]),
                 &phase))
        return false;
    set(s, STEP_PHASE, phase);
    return end_row(s) && (s->of != STEPS_PHASES || row_of_retry(s, step, item));
}

/* The numbers that filters ask for. */
static bool take_context(struct steps *s, struct sv context)
{
    const struct text_set *keys = &s->fields.contexts;
    struct json_doc d = {0};
    bool ok = true;

    if (!keys->n || !context.n || json_parse(&d, context.p, context.n, NULL)) {
        json_release(&d);
        return true;
    }
    for (uint32_t k = 0; k < keys->n && k < STEP_CONTEXTS_MAX && ok; k++) {
        char *key = arena_zalloc(&s->arena, 1, keys->v[k].n + 1);
        struct maybe_f64 v;

        ok = key != NULL;
        if (!ok)
            break;
        memcpy(key, keys->v[k].p, keys->v[k].n);
        v = json_real(&d, json_get(&d, 0, key));
        if (v.known)
            set(s, STEP_CONTEXT + (int)k, real_to_key(v.v));
    }
    json_release(&d);
    return ok;
}

static bool row_of_decision(void *ctx, const struct step_brief *step)
{
    struct steps *s = ctx;
    const struct run_item *item = next_item(s);
    uint32_t condition;

    if (!item)
        return true;
    if (!begin_row(s, step, item) || !code_of(s, STEP_CONDITION, step->condition, &condition))
        return false;
    set(s, STEP_BRANCH, item->name);
    set(s, STEP_FROM, item->from);
    set(s, STEP_CONDITION, condition);
    set(s, STEP_FULFILLED, step->result);
    if (s->asks[item->from]) {
        set(s, STEP_REVIEW, (item->flags & ITEM_HUMAN) != 0);
        set(s, STEP_AUTO, !(item->flags & ITEM_HUMAN));
    }
    if (item->flags & ITEM_HUMAN && item->run != RUN_NONE) {
        set(s, STEP_PENDING, !(item->flags & ITEM_ANSWERED));
        set(s, STEP_WAIT_US, item->flags & ITEM_ANSWERED ? item->value : CALL_MISSING);
    }
    return take_context(s, step->detail) && end_row(s);
}

static bool inside_same(const struct steps *s, const struct step_brief *step, enum phase phase)
{
    uint32_t place;

    if (!step->parent.p)
        return false;
    place = keymap_find(&s->phased, span_key(step->trace, step->parent));
    return place != KEYMAP_NONE && s->phase_of_span[place] == phase;
}

static void take_retrieval(struct steps *s, const struct step_brief *step)
{
    struct span_facts facts = span_facts_of(step->detail, &s->arena);
    bool failed = step->status == STATUS_ERROR, empty = facts.docs.known && facts.docs.v == 0;

    set(s, STEP_DOCS, facts.docs.known ? facts.docs.v : CALL_MISSING);
    set(s, STEP_DOC_TOKENS, facts.docs_tokens.known ? facts.docs_tokens.v : CALL_MISSING);
    set(s, STEP_SCORE, facts.score.known ? real_to_key(facts.score.v) : CALL_MISSING);
    set(s, STEP_EMPTY, facts.docs.known ? empty : CALL_MISSING);
    if (facts.docs.known || failed)
        set(s, STEP_FALLBACK, (failed || empty) && s->cols[STEP_RUN_CALLS][s->rows] > 0);
}

static bool row_of_span(void *ctx, const struct step_brief *step)
{
    struct steps *s = ctx;
    enum phase phase = counted_phase(s, step);
    const struct run_item *item = phase == PHASE_NONE ? NULL : next_item(s);
    uint32_t code;

    if (!item || inside_same(s, step, phase))
        return true;
    if (!begin_row(s, step, item) || !code_of(s, STEP_PHASE, sv_from(phase_names[phase]), &code))
        return false;
    own_outcome(s, step);
    set(s, STEP_WHOLE_US, step->latency_us);
    set(s, STEP_PHASE, code);
    if (!code_of(s, STEP_NAME, step->name, &code))
        return false;
    set(s, STEP_NAME, code);
    if (phase == PHASE_RETRIEVAL)
        take_retrieval(s, step);
    return end_row(s);
}

/* ---- requests ----------------------------------------------------------------------------- */

static enum err walk_requests(struct steps *s)
{
    bool ok = true;

    for (uint32_t i = 0; i < s->runs.n && ok; i++) {
        const struct run *run = &s->runs.runs[i];
        const struct step_brief none = {.call_id = CALL_MISSING};
        const struct run_item item = {
            .run = i, .at_us = run->first_us <= run->last_us ? run->first_us : CALL_MISSING};

        if (!s->path_of[i])
            continue;
        ok = begin_row(s, &none, &item);
        if (!ok)
            break;
        set(s, STEP_PATH, s->path_of[i]);
        set(s, F_LATENCY_US, s->cols[STEP_RUN_US][s->rows]);
        set(s, F_STATUS, run->failed ? STATUS_ERROR : STATUS_OK);
        set(s, F_ERROR_KIND, CALL_MISSING);
        set(s, STEP_FAILED, run->failed > 0);
        set(s, STEP_SUCCEEDED, run->failed == 0);
        set(s, STEP_REVIEW, run->human);
        ok = end_row(s);
    }
    if (s->rc)
        return error_set(s->err, s->rc, "%s", s->first_err.msg);
    return ok ? OK : no_memory(s->err);
}

/* ---- calls as phases ---------------------------------------------------------------------- */

static bool part_of_call(const struct steps *s, enum call_part part, int64_t i, int64_t *out)
{
    int64_t latency = s->cols[F_LATENCY_US][i], ttft = s->cols[F_TIME_TO_FIRST_TOKEN_US][i];
    bool sound =
        known(ttft) && known(latency) && !call_ttft_degenerate((const int64_t *const *)s->cols, i);

    switch (part) {
    case PART_QUEUE:
        *out = s->cols[F_QUEUE_US][i];
        return known(*out);
    case PART_CALL:
        *out = latency;
        return known(*out);
    case PART_FIRST_TOKEN:
        *out = ttft;
        return sound;
    case PART_GENERATION:
        *out = sound ? latency - ttft : 0;
        return sound;
    default:
        return false;
    }
}

/* One part of each call of the batch; the latency column is put back afterwards. */
static bool flush_part(struct steps *s, int64_t rows, enum call_part part)
{
    int64_t latency[BATCH];
    uint32_t code;

    if (!code_of(s, STEP_PHASE, sv_from(part_names[part]), &code))
        return false;
    memcpy(latency, s->cols[F_LATENCY_US], (size_t)rows * sizeof(*latency));
    for (int64_t i = 0; i < rows; i++) {
        int64_t v;
        bool has = part_of_call(s, part, i, &v);

        s->keep[i] = has && !known(s->cols[C_SHADOWED][i]);
        s->cols[STEP_PHASE][i] = code;
        s->cols[STEP_WHOLE_US][i] = part == PART_CALL && has ? v : CALL_MISSING;
        s->codes[i] = has ? v : CALL_MISSING;
    }
    memcpy(s->cols[F_LATENCY_US], s->codes, (size_t)rows * sizeof(*latency));
    s->rows = rows;
    if (!flush_kept(s))
        return false;
    memcpy(s->cols[F_LATENCY_US], latency, (size_t)rows * sizeof(*latency));
    return true;
}

/* Some calls of a chunk, as far as a batch goes. */
static bool flush_calls(struct steps *s, int64_t *const *cols, int64_t from, int64_t rows)
{
    bool ok = true;

    for (int c = 0; c < C_COUNT; c++)
        if (cols[c])
            memcpy(s->cols[c], cols[c] + from, (size_t)rows * sizeof(*cols[c]));
    for (int c = C_COUNT; c < STEP_COUNT; c++)
        for (int64_t i = 0; i < rows; i++)
            s->cols[c][i] = c < STEP_TEXTS_END ? 0 : CALL_MISSING;
    for (int64_t i = 0; i < rows; i++)
        if (has_outcome(s->cols[F_STATUS][i]))
            s->cols[STEP_FAILED][i] = s->cols[F_STATUS][i] == STATUS_ERROR;
    for (enum call_part p = 0; p < PART_COUNT && ok; p++)
        ok = flush_part(s, rows, p);
    return ok;
}

static enum err walk_calls(struct steps *s)
{
    uint64_t mask = s->columns | DEGENERATE_TTFT_COLUMNS | COLUMN(F_QUEUE_US) |
                    COLUMN(F_STARTED_US) | COLUMN(C_SHADOWED) | COLUMN(F_STATUS);
    int64_t *cols[C_COUNT] = {0};
    enum err rc = OK;

    for (int c = 0; c < C_COUNT && !rc; c++)
        if (mask >> c & 1) {
            cols[c] = malloc(CHUNK_ROWS * sizeof(*cols[c]));
            rc = cols[c] ? OK : no_memory(s->err);
        }
    for (size_t c = 0; c < s->n_chunks && !rc; c++) {
        const struct chunk_info *chunk = &s->chunks[c];

        rc = store_read_columns(s->store, chunk, mask, cols, s->err);
        for (int64_t from = 0; from < chunk->rows && !rc; from += BATCH)
            if (!flush_calls(s, cols, from,
                             chunk->rows - from < BATCH ? chunk->rows - from : BATCH))
                rc = no_memory(s->err);
    }
    for (int c = 0; c < C_COUNT; c++)
        free(cols[c]);
    return rc;
}

/* ---- the walk ----------------------------------------------------------------------------- */

static enum err each(struct steps *s, enum step_table table,
                     bool (*row)(void *ctx, const struct step_brief *step))
{
    enum err rc = store_each_step(s->store, table, row, s, s->err);

    return s->rc ? error_set(s->err, s->rc, "%s", s->first_err.msg) : rc; /* the first says more */
}

enum err steps_walk(struct steps *s, struct steps_window window,
                    bool (*visit)(void *ctx, const struct step_slice *slice), void *ctx,
                    struct steps_counts *counts, struct error *err)
{
    enum err rc = OK;

    s->window = window;
    s->visit = visit;
    s->ctx = ctx;
    s->counts = (struct steps_counts){.first_us = INT64_MAX, .last_us = INT64_MIN};
    s->err = err;
    s->rc = OK;
    s->rows = 0;
    s->item = 0;
    if (s->of == STEPS_TOOLS || s->of == STEPS_PHASES)
        rc = each(s, EACH_TOOL, row_of_tool);
    if (s->of == STEPS_DECISIONS) {
        s->item = s->n_tools;
        rc = each(s, EACH_BRANCH, row_of_decision);
    }
    if (!rc && (s->of == STEPS_RETRIEVALS || s->of == STEPS_PHASES))
        rc = each(s, EACH_SPAN, row_of_span);
    if (!rc && s->of == STEPS_REQUESTS)
        rc = walk_requests(s);
    if (!rc && !flush(s))
        rc = no_memory(err);
    if (!rc && s->of == STEPS_PHASES)
        rc = walk_calls(s);
    *counts = s->counts;
    return rc;
}
