/* call_list: see the header. */
#include "report/call_list.h"

#include <stdlib.h>
#include "query/trace_load.h"
#include "report/format_remarks.h"
#include "report/head.h"
#include "report/top.h"
#include "report/trace_view.h"
#include "report/words.h"
#include "base/banned.h"

enum kind { FROM_FIELD, FROM_DIMENSION, FROM_OTHER };

/* A column: a field of the call, a dimension's text, or what fill_other() makes. */
static const struct {
    const char *key, *also_key, *title;
    enum unit unit;
    enum kind kind;
    int which; /* enum call_field or enum call_value */
    bool in_text, money, id;
    int drop;
} columns[] = {
  /* clang-format off */
#define TEXT_FIELD(key, title, f, in_text, drop) \
    {key, NULL, title, UNIT_NONE, FROM_DIMENSION, f, in_text, false, false, drop}
#define NUMBER(key, title, unit, v, in_text, drop) \
    {key, NULL, title, unit, FROM_FIELD, v, in_text, false, false, drop}
    {"started", NULL, "started", UNIT_NONE, FROM_OTHER, 0, true, false, false, 0},
    {"model", NULL, "model", UNIT_NONE, FROM_OTHER, 0, true, false, false, 0},
    TEXT_FIELD("feature", "feature", F_FEATURE, true, 5),
    TEXT_FIELD("user", "user", F_USER, true, 6),
    NUMBER("latency_us", "latency", UNIT_US, V_LATENCY_US, true, 0),
    NUMBER("ttft_us", "ttft", UNIT_US, V_TIME_TO_FIRST_TOKEN_US, true, 4),
    NUMBER("input_tokens", "in", UNIT_TOKENS, V_INPUT_TOKENS, true, 0),
    NUMBER("cache_read_tokens", "cached", UNIT_TOKENS, V_CACHE_READ_TOKENS, true, 7),
    NUMBER("output_tokens", "out", UNIT_TOKENS, V_OUTPUT_TOKENS, true, 0),
    {"cost_usd", "cost_nusd", "cost", UNIT_NUSD, FROM_FIELD, V_COST_NUSD, true, true, false, 0},
    {"status", NULL, "status", UNIT_NONE, FROM_OTHER, 0, true, false, false, 2},
    TEXT_FIELD("error_kind", "error", F_ERROR_KIND, true, 3),
    TEXT_FIELD("finish_reason", "finish", F_FINISH_REASON, true, 8),
    {"id", NULL, "id", UNIT_NONE, FROM_OTHER, 0, true, false, false, 1},
    {"request_id", NULL, "request", UNIT_NONE, FROM_OTHER, 0, false, false, true, 9},
    {"trace_id", NULL, "trace", UNIT_NONE, FROM_OTHER, 0, false, false, true, 9},
    {"span_id", NULL, "span", UNIT_NONE, FROM_OTHER, 0, false, false, true, 9},
    {"session", NULL, "session", UNIT_NONE, FROM_OTHER, 0, false, false, true, 9},
    {"source_file", NULL, "file", UNIT_NONE, FROM_OTHER, 0, false, false, true, 9},
    {"source_line", NULL, "line", UNIT_COUNT, FROM_OTHER, 0, false, false, true, 9},
    {"started_us", NULL, "", UNIT_US, FROM_FIELD, V_STARTED_US, false, false, false, 0},
    TEXT_FIELD("request_model", "", F_REQUEST_MODEL, false, 0),
    TEXT_FIELD("response_model", "", F_RESPONSE_MODEL, false, 0),
    TEXT_FIELD("provider", "provider", F_PROVIDER, false, 0),
    TEXT_FIELD("operation", "operation", F_OPERATION, false, 0),
    TEXT_FIELD("environment", "environment", F_ENVIRONMENT, false, 0),
    TEXT_FIELD("service", "service", F_SERVICE, false, 0),
    TEXT_FIELD("team", "team", F_TEAM, false, 0),
    TEXT_FIELD("project", "project", F_PROJECT, false, 0),
    TEXT_FIELD("agent", "agent", F_AGENT, false, 0),
    TEXT_FIELD("tenant", "tenant", F_TENANT, false, 0),
    TEXT_FIELD("prompt", "prompt", F_PROMPT, false, 0),
    TEXT_FIELD("prompt_version", "version", F_PROMPT_VERSION, false, 0),
    TEXT_FIELD("template", "template", F_TEMPLATE, false, 0),
    TEXT_FIELD("tier", "tier", F_TIER, false, 0),
    TEXT_FIELD("source", "source", F_SOURCE_FORMAT, false, 0),
    NUMBER("cache_write_tokens", "", UNIT_TOKENS, V_CACHE_WRITE_TOKENS, false, 0),
    NUMBER("reasoning_tokens", "reasoning", UNIT_TOKENS, V_REASONING_TOKENS, false, 0),
    NUMBER("total_tokens", "tokens", UNIT_TOKENS, V_TOTAL_TOKENS, false, 0),
    NUMBER("queue_us", "queue", UNIT_US, V_QUEUE_US, false, 0),
    NUMBER("tpot_us", "tpot", UNIT_US, V_TIME_PER_OUTPUT_TOKEN_US, false, 0),
    NUMBER("tokens_per_second", "tok/s", UNIT_PER_S, V_TOKENS_PER_SECOND, false, 0),
    NUMBER("http_status", "http", UNIT_COUNT, V_HTTP_STATUS, false, 0),
#undef TEXT_FIELD
#undef NUMBER
  /* clang-format on */
};
enum { COLUMNS = ARRAY_LEN(columns), KEYWORD = COLUMNS, POINTER };

/* What people see of calls whose answers are at fault, beside the fault. */
static const char *const of_faults[] = {"started",       "model",         "feature",
                                        "output_tokens", "finish_reason", "id"};

/* What sort takes beside the keys and titles of number columns. */
static const struct {
    const char *name;
    enum call_value value;
} sorts[] = {
    {"time",    V_STARTED_US              },
    {"started", V_STARTED_US              },
    {"cost",    V_COST_NUSD               },
    {"latency", V_LATENCY_US              },
    {"ttft",    V_TIME_TO_FIRST_TOKEN_US  },
    {"context", V_INPUT_TOKENS            },
    {"in",      V_INPUT_TOKENS            },
    {"out",     V_OUTPUT_TOKENS           },
    {"tokens",  V_TOTAL_TOKENS            },
    {"queue",   V_QUEUE_US                },
    {"tok/s",   V_TOKENS_PER_SECOND       },
    {"tpot",    V_TIME_PER_OUTPUT_TOKEN_US},
    {"cached",  V_CACHE_READ_TOKENS       },
};

const char *call_list_sort(size_t i)
{
    return i < ARRAY_LEN(sorts) ? sorts[i].name : NULL;
}

/* ---- which calls -------------------------------------------------------------------------- */

struct thread_top {
    struct top top;
    int64_t *room;
};

struct listing {
    struct store *s;
    const struct call_list_spec *spec;
    enum call_value sort;
    struct thread_top *threads;
    struct source_paths sources;
    struct format_checks format; /* where only faults are listed */
    struct table *out;
    struct buf text;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the list of calls");
}

static enum err find_sort(struct listing *l, struct error *err)
{
    const char *name = l->spec->sort;

    l->sort = V_STARTED_US;
    if (!name)
        return OK;
    for (size_t i = 0; i < ARRAY_LEN(sorts); i++)
        if (strcmp(sorts[i].name, name) == 0) {
            l->sort = sorts[i].value;
            return OK;
        }
    for (size_t i = 0; i < COLUMNS; i++)
        if (columns[i].kind == FROM_FIELD && strcmp(columns[i].key, name) == 0) {
            l->sort = (enum call_value)columns[i].which;
            return OK;
        }
    return error_set(err, ERR_USAGE,
                     "--sort: calls have no number '%s'; there are: time cost latency ttft context "
                     "in out tokens queue tok/s tpot cached",
                     name);
}

static bool is_listed(const struct listing *l, const struct slice *slice, int64_t row)
{
    return !l->spec->format ||
           format_checks_find(&l->format, (uint32_t)(slice->chunk->number * CHUNK_ROWS + row));
}

static bool see_slice(void *ctx, const struct slice *slice)
{
    struct listing *l = ctx;
    struct thread_top *t = &l->threads[slice->thread];
    const int64_t *keys;

    if (!t->room)
        t->room = malloc(sizeof(*t->room) * CHUNK_ROWS);
    if (!t->room)
        return false;
    keys = call_values(l->sort, l->spec->calls.cost, slice->cols, slice->rows, t->room);
    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] != SCAN_OUT && is_listed(l, slice, i) &&
            !top_add(&t->top, keys[i], (uint64_t)slice->chunk->number * CHUNK_ROWS + (uint64_t)i))
            return false;
    return true;
}

static enum err choose(struct listing *l, struct top *all, struct scan_counts *counts,
                       struct error *err)
{
    struct scan *scan = NULL;
    int threads;
    enum err rc = scan_open(l->s, &l->spec->calls, &scan, err);

    if (rc)
        return rc;
    threads = scan_threads(scan);
    l->threads = calloc((size_t)threads, sizeof(*l->threads));
    if (!l->threads)
        rc = no_memory(err);
    for (int t = 0; t < threads && !rc; t++)
        l->threads[t].top = (struct top){.most = all->most, .ascending = all->ascending};
    if (!rc)
        rc = scan_walk(scan, call_value_columns(l->sort), see_slice, l, err);
    for (int t = 0; l->threads && t < threads; t++) {
        top_finish(&l->threads[t].top);
        for (size_t i = 0; i < l->threads[t].top.n && !rc; i++)
            if (!top_add(all, l->threads[t].top.v[i].key, l->threads[t].top.v[i].item))
                rc = no_memory(err);
        top_release(&l->threads[t].top);
        free(l->threads[t].room);
    }
    free(l->threads);
    if (!rc)
        *counts = scan_counts(scan);
    scan_close(scan);
    top_finish(all);
    return rc;
}

/* ---- rows --------------------------------------------------------------------------------- */

static struct sv dimension(const struct listing *l, const struct call_entry *c, enum call_field f)
{
    return c->v[f] == CALL_MISSING ? SV_NONE : store_dimension_text(l->s, f, c->v[f]);
}

/* What llmobs trace and llmobs why find the call by. */
static struct sv id_of(const struct call_entry *c)
{
    return c->request.n ? c->request : c->span.n ? c->span : c->own;
}

static struct cell fill_other(struct listing *l, const char *key, const struct call_entry *c)
{
    struct sv model = dimension(l, c, F_REQUEST_MODEL);

    if (strcmp(key, "started") == 0) {
        if (c->v[F_STARTED_US] != CALL_MISSING)
            words_time(&l->text, l->spec->calls.zone, c->v[F_STARTED_US]);
        return cell_text(words_take(&l->text, &l->out->arena));
    }
    if (strcmp(key, "model") == 0)
        return cell_text(model.p ? model : dimension(l, c, F_RESPONSE_MODEL));
    if (strcmp(key, "status") == 0)
        return cell_text(call_status_name(c->v[F_STATUS]));
    if (strcmp(key, "id") == 0)
        return cell_text(id_of(c));
    if (strcmp(key, "request_id") == 0)
        return cell_text(c->request);
    if (strcmp(key, "trace_id") == 0)
        return cell_text(c->trace);
    if (strcmp(key, "span_id") == 0)
        return cell_text(c->span);
    if (strcmp(key, "session") == 0)
        return c->v[C_SESSION_KEY] == CALL_MISSING
                   ? (struct cell){0}
                   : cell_text(store_session_text(l->s, c->v[C_SESSION_KEY], &l->out->arena));
    if (strcmp(key, "source_file") == 0)
        return cell_text(source_path(&l->sources, c->v[C_SOURCE_ID]));
    return cell_int(c->v[C_SOURCE_LINE]);
}

static struct cell fill_number(const struct listing *l, enum call_value v,
                               const struct call_entry *c)
{
    const int64_t *cols[C_COUNT];
    int64_t room[1], value;

    for (int i = 0; i < C_COUNT; i++)
        cols[i] = &c->v[i];
    value = call_values(v, l->spec->calls.cost, cols, 1, room)[0];
    if (value == CALL_MISSING)
        return (struct cell){0};
    return call_value_is_real(v) ? cell_real(key_to_real(value)) : cell_int(value);
}

/* place: as in struct top. */
static enum err add_row(struct listing *l, int64_t call_id, uint64_t place, struct error *err)
{
    const struct format_failure *fault = format_checks_find(&l->format, (uint32_t)place);
    struct row *row = table_add_row(l->out);
    struct call_entry c;
    enum err rc = row ? store_call(l->s, call_id, &l->out->arena, &c, err) : no_memory(err);

    for (int i = 0; i < COLUMNS && !rc; i++)
        row->cells[i] = columns[i].kind == FROM_FIELD
                            ? fill_number(l, (enum call_value)columns[i].which, &c)
                        : columns[i].kind == FROM_DIMENSION
                            ? cell_text(dimension(l, &c, (enum call_field)columns[i].which))
                            : fill_other(l, columns[i].key, &c);
    if (!rc && fault) {
        row->cells[KEYWORD] = cell_text(sv_from(fault->keyword));
        row->cells[POINTER] = fault->pointer.p
                                  ? cell_text(arena_copy(&l->out->arena, fault->pointer))
                                  : (struct cell){0};
    }
    return rc || !l->text.failed ? rc : no_memory(err);
}

static int compare_chunks(const void *a, const void *b)
{
    const struct chunk_info *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static enum err add_rows(struct listing *l, const struct top *top, struct error *err)
{
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    enum err rc = store_chunks(l->s, &chunks, &n, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < top->n && !rc; i++) {
        struct chunk_info wanted = {.number = (int64_t)(top->v[i].item / CHUNK_ROWS)};
        const struct chunk_info *chunk =
            bsearch(&wanted, chunks, n, sizeof(*chunks), compare_chunks);
        int64_t call_id;

        if (!chunk)
            continue;
        rc = store_call_at(l->s, chunk, (int64_t)(top->v[i].item % CHUNK_ROWS), &call_id, err);
        if (!rc)
            rc = add_row(l, call_id, top->v[i].item, err);
    }
    store_read_done(l->s);
    free(chunks);
    return rc;
}

/* Columns that no shown row fills say nothing to people. */
static void hide_empty(struct table *t)
{
    for (int c = 0; c < COLUMNS; c++) {
        bool some = !columns[c].drop;

        for (size_t i = 0; i < t->n_rows && !some; i++)
            some = t->rows[i].cells[c].type != CELL_MISSING;
        t->columns[c].in_text = t->columns[c].in_text && some;
    }
}

static bool shows(const struct listing *l, int i)
{
    bool shown = columns[i].id && l->spec->ids;

    if (!l->spec->format)
        return shown || columns[i].in_text;
    for (size_t k = 0; k < ARRAY_LEN(of_faults); k++)
        shown |= strcmp(columns[i].key, of_faults[k]) == 0;
    return shown;
}

static enum err add_fault_columns(struct listing *l, struct error *err)
{
    static const char *const keys[] = {"keyword", "pointer"};

    for (size_t i = 0; l->spec->format && i < ARRAY_LEN(keys); i++) {
        struct column *c = table_add_column(l->out, keys[i], keys[i], UNIT_NONE);

        if (!c)
            return no_memory(err);
        c->in_text = c->in_data = true;
    }
    return OK;
}

static enum err add_columns(struct listing *l, struct error *err)
{
    for (int i = 0; i < COLUMNS; i++) {
        struct column *c =
            table_add_column(l->out, columns[i].key, columns[i].title, columns[i].unit);
        bool money = columns[i].money && l->spec->no_cost;

        if (!c)
            return no_memory(err);
        c->also_key = columns[i].also_key;
        c->in_text = shows(l, i) && !money;
        c->in_data = !money;
        c->drop = columns[i].drop;
    }
    return add_fault_columns(l, err);
}

static enum err add_notes(struct listing *l, int64_t left, struct error *err)
{
    bool ok = true;

    if (left) {
        words_count(&l->text, left);
        buf_str(&l->text, left == 1 ? " more call (--all)" : " more calls (--all)");
        ok = !l->text.failed && table_note(l->out, "%s", l->text.p);
    }
    if (ok && l->spec->format)
        ok = format_remarks_add(l->out, l->spec->format, &l->format, 0, false);
    return ok && table_add_fact(l->out, "calls_left_out", cell_int(left)) ? OK : no_memory(err);
}

enum err call_list(struct store *s, const struct call_list_spec *spec, struct table *out,
                   struct error *err)
{
    struct listing l = {.s = s, .spec = spec, .out = out};
    struct top top = {.most = (size_t)spec->limit, .ascending = spec->ascending};
    struct scan_counts counts;
    int64_t found;
    enum err rc = find_sort(&l, err);

    if (!rc && spec->format)
        rc = format_checks_scan(s, &spec->calls, spec->format, &l.format, err);
    if (!rc)
        rc = choose(&l, &top, &counts, err);
    if (!rc)
        rc = source_paths_load(s, &out->arena, &l.sources, err);
    if (!rc)
        rc = add_columns(&l, err);
    if (!rc)
        rc = add_rows(&l, &top, err);
    if (!rc && !head_fill_list(out, s, "calls", &spec->calls, counts))
        rc = no_memory(err);
    if (!rc) {
        found = spec->format ? (int64_t)l.format.n : counts.calls;
        rc = add_notes(&l, found - (int64_t)out->n_rows, err);
    }
    if (!rc) {
        hide_empty(out);
        rc = table_choose(out, spec->columns, spec->n_columns, err);
    }
    top_release(&top);
    format_checks_release(&l.format);
    buf_release(&l.text);
    return rc;
}
