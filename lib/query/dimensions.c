/* dimensions: the table, and the loops that turn columns into codes. */
#include "query/dimensions.h"

#include <stdlib.h>
#include "base/buf.h"
#include "base/hash.h"
#include "base/suggest.h"
#include "query/call_values.h"
#include "base/banned.h"

/* Once as structs, once as a list of names. */
#define DIMENSIONS(X)                                                                              \
    X("feature", DIMENSION_TEXT, F_FEATURE)                                                        \
    X("model", DIMENSION_MODEL, 0)                                                                 \
    X("request_model", DIMENSION_TEXT, F_REQUEST_MODEL)                                            \
    X("response_model", DIMENSION_TEXT, F_RESPONSE_MODEL)                                          \
    X("provider", DIMENSION_TEXT, F_PROVIDER)                                                      \
    X("user", DIMENSION_TEXT, F_USER)                                                              \
    X("session", DIMENSION_SESSION, 0)                                                             \
    X("environment", DIMENSION_TEXT, F_ENVIRONMENT)                                                \
    X("service", DIMENSION_TEXT, F_SERVICE)                                                        \
    X("team", DIMENSION_TEXT, F_TEAM)                                                              \
    X("project", DIMENSION_TEXT, F_PROJECT)                                                        \
    X("agent", DIMENSION_TEXT, F_AGENT)                                                            \
    X("operation", DIMENSION_TEXT, F_OPERATION)                                                    \
    X("prompt", DIMENSION_TEXT, F_PROMPT)                                                          \
    X("prompt_version", DIMENSION_TEXT, F_PROMPT_VERSION)                                          \
    X("template", DIMENSION_TEXT, F_TEMPLATE)                                                      \
    X("status", DIMENSION_STATUS, 0)                                                               \
    X("error_kind", DIMENSION_TEXT, F_ERROR_KIND)                                                  \
    X("finish_reason", DIMENSION_TEXT, F_FINISH_REASON)                                            \
    X("tier", DIMENSION_TEXT, F_TIER)                                                              \
    X("tenant", DIMENSION_TEXT, F_TENANT)                                                          \
    X("source", DIMENSION_TEXT, F_SOURCE_FORMAT)                                                   \
    X("minute", DIMENSION_TIME, BUCKET_MINUTE)                                                     \
    X("5m", DIMENSION_TIME, BUCKET_5M)                                                             \
    X("15m", DIMENSION_TIME, BUCKET_15M)                                                           \
    X("hour", DIMENSION_TIME, BUCKET_HOUR)                                                         \
    X("day", DIMENSION_TIME, BUCKET_DAY)                                                           \
    X("week", DIMENSION_TIME, BUCKET_WEEK)                                                         \
    X("month", DIMENSION_TIME, BUCKET_MONTH)                                                       \
    X("weekday", DIMENSION_TIME, BUCKET_WEEKDAY)                                                   \
    X("tag", DIMENSION_TAGS, 0)

/* Those of steps. */
#define STEP_DIMENSIONS(X)                                                                         \
    X("phase", DIMENSION_STEP, STEP_PHASE)                                                         \
    X("tool_version", DIMENSION_STEP, STEP_TOOL_VERSION)                                           \
    X("tool", DIMENSION_STEP, STEP_TOOL)                                                           \
    X("branch", DIMENSION_STEP, STEP_BRANCH)                                                       \
    X("from_node", DIMENSION_STEP, STEP_FROM)                                                      \
    X("condition", DIMENSION_STEP, STEP_CONDITION)                                                 \
    X("path", DIMENSION_STEP, STEP_PATH)                                                           \
    X("step", DIMENSION_STEP, STEP_NAME)

#define AS_STRUCT(name, kind, which) {name, kind, which},
#define AS_NAME(name, kind, which) name,

const struct dimension dimensions[] = {DIMENSIONS(AS_STRUCT) STEP_DIMENSIONS(AS_STRUCT)};
const size_t dimension_count = ARRAY_LEN(dimensions);
static const struct dimension meta_dimension = {"meta.KEY", DIMENSION_META, 0};
static const struct dimension tag_dimension = {"tag:PREFIX", DIMENSION_TAGS, 0};
static const char *const names[] = {DIMENSIONS(AS_NAME) "tag:PREFIX", "meta.KEY", NULL};
static const char *const all_names[] = {DIMENSIONS(AS_NAME) "tag:PREFIX", "meta.KEY",
                                        STEP_DIMENSIONS(AS_NAME) NULL};

#define TAG_PREFIX "tag:"

const char *const *dimension_names(void)
{
    return names;
}

const char *const *dimension_names_all(void)
{
    return all_names;
}

const struct dimension *dimension_find(struct sv name)
{
    for (size_t i = 0; i < dimension_count; i++)
        if (sv_is(name, dimensions[i].name))
            return &dimensions[i];
    if (sv_starts(name, "meta.") && name.n > strlen("meta."))
        return &meta_dimension;
    if (sv_starts(name, TAG_PREFIX) && name.n > strlen(TAG_PREFIX))
        return &tag_dimension;
    return NULL;
}

enum err unknown_name(struct error *err, const char *what, struct sv name, const char *const *all)
{
    const char *near = suggest(name, all);
    struct buf list = {0};

    for (; *all; all++) {
        buf_str(&list, *all);
        buf_str(&list, all[1] ? " " : "");
    }
    error_set(err, ERR_USAGE, "unknown %s '%.*s'%s%s%s; there are: %s", what, SV_FMT(name),
              near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "",
              list.failed ? "" : list.p);
    buf_release(&list);
    return ERR_USAGE;
}

/* ---- opening, by kind ----------------------------------------------------------------------- */

static enum err no_memory(struct error *err, const struct axis *x)
{
    return error_set(err, ERR_NOMEM, "out of memory for the values of %s", x->name);
}

static enum err open_text(const struct axis_source *source, struct axis *x, struct error *err)
{
    enum call_field field = (enum call_field)x->dim->which;
    int64_t n = store_dimension_count(source->store, field, err);

    if (n < 0)
        return err ? err->code : ERR_DB;
    x->columns = COLUMN(field);
    x->n_codes = n + 1;
    return OK;
}

/* Codes by dictionary id of one of the two columns that make up the model. */
static enum err number_models(struct axis *x, enum call_field field, int64_t **of, int64_t *n,
                              struct error *err)
{
    *n = store_dimension_count(x->store, field, err);
    if (*n < 0)
        return err ? err->code : ERR_DB;
    *of = calloc((size_t)*n + 1, sizeof(**of));
    if (!*of)
        return no_memory(err, x);
    for (int64_t id = 1; id <= *n; id++) {
        struct sv text = store_dimension_text(x->store, field, id);

        if (!text.p)
            continue;
        (*of)[id] = text_set_code(&x->texts, text);
        if (!(*of)[id])
            return no_memory(err, x);
    }
    return OK;
}

static enum err open_model(const struct axis_source *source, struct axis *x, struct error *err)
{
    enum err rc = number_models(x, F_REQUEST_MODEL, &x->of_request, &x->n_request, err);

    (void)source;
    if (!rc)
        rc = number_models(x, F_RESPONSE_MODEL, &x->of_response, &x->n_response, err);
    x->columns = COLUMN(F_REQUEST_MODEL) | COLUMN(F_RESPONSE_MODEL);
    x->n_codes = (int64_t)x->texts.n + 1;
    return rc;
}

static enum err open_status(const struct axis_source *source, struct axis *x, struct error *err)
{
    (void)source;
    (void)err;
    x->columns = COLUMN(F_STATUS);
    x->n_codes = STATUS_COUNT + 1; /* a code is one more than its status */
    return OK;
}

/* Session keys are 64-bit hashes: one pass over their column numbers those that occur. */
static enum err open_session(const struct axis_source *source, struct axis *x, struct error *err)
{
    enum err rc = OK;
    int64_t *cols[C_COUNT] = {0};
    int64_t *keys = malloc(CHUNK_ROWS * sizeof(*keys));

    if (!keys)
        return no_memory(err, x);
    cols[C_SESSION_KEY] = keys;
    for (size_t c = 0; c < source->n_chunks && !rc; c++) {
        rc =
            store_read_columns(source->store, &source->chunks[c], COLUMN(C_SESSION_KEY), cols, err);
        for (int64_t i = 0; i < source->chunks[c].rows && !rc; i++)
            if (keys[i] != CALL_MISSING && keymap_add(&x->by_key, (uint64_t)keys[i]) == KEYMAP_NONE)
                rc = no_memory(err, x);
    }
    free(keys);
    x->columns = COLUMN(C_SESSION_KEY);
    x->n_codes = (int64_t)x->by_key.n + 1;
    return rc;
}

static enum err open_time(const struct axis_source *source, struct axis *x, struct error *err)
{
    struct bucketer b;
    int64_t last = 7;

    (void)err;
    bucketer_init(&b, x->zone, (enum bucket)x->dim->which);
    x->columns = COLUMN(F_STARTED_US);
    x->step = bucket_step(x->zone, b.kind);
    x->base = 1;
    if (b.kind != BUCKET_WEEKDAY) {
        x->base = bucket_number(&b, source->first_us);
        last = bucket_number(&b, source->last_us);
    }
    x->n_codes = source->first_us <= source->last_us ? (last - x->base) / x->step + 2 : 1;
    return OK;
}

/* Place of a meta row, and room for its code; KEYMAP_NONE when out of memory. */
static uint32_t meta_place(struct axis *x, int64_t meta_id)
{
    uint32_t place = keymap_add(&x->by_key, (uint64_t)meta_id);

    if (place != KEYMAP_NONE && place >= x->cap_of_meta) {
        uint32_t cap = x->cap_of_meta ? x->cap_of_meta * 2 : 64;
        int64_t *bigger = cap > x->cap_of_meta ? realloc(x->of_meta, cap * sizeof(*bigger)) : NULL;

        if (!bigger)
            return KEYMAP_NONE;
        x->of_meta = bigger;
        x->cap_of_meta = cap;
    }
    return place;
}

static enum err meta_value(void *ctx, int64_t meta_id, struct sv value)
{
    struct axis *x = ctx;
    uint32_t place = meta_place(x, meta_id);

    if (place == KEYMAP_NONE)
        return ERR_NOMEM;
    x->of_meta[place] = text_set_code(&x->texts, value);
    return x->of_meta[place] ? OK : ERR_NOMEM;
}

/* ---- sets of tags --------------------------------------------------------------------------- */

enum { TAGS_MAX = 64 }; /* of a call; formats keep fewer */

/* A tag as this axis shows it: all of it, or what stands behind PREFIX and a colon or an equals
 * sign; SV_NONE when it is none of those. */
static struct sv shown_tag(const struct axis *x, struct sv tag)
{
    struct sv prefix = sv_from(x->name);

    if (!sv_starts(prefix, TAG_PREFIX))
        return tag;
    prefix.p += strlen(TAG_PREFIX);
    prefix.n -= strlen(TAG_PREFIX);
    if (tag.n < prefix.n + 1 || memcmp(tag.p, prefix.p, prefix.n) != 0 ||
        !memchr(":=", tag.p[prefix.n], 2))
        return SV_NONE;
    return sv_trim((struct sv){tag.p + prefix.n + 1, tag.n - prefix.n - 1});
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/*
 * The next text of a JSON array as buf_json_string() writes them: escapes are those of one
 * character and \\u00XX. Decoded in place into room. False at the end, or where the text is none.
 */
static bool next_tag(struct sv array, size_t *at, char *room, struct sv *out)
{
    size_t n = 0;

    if (*at + 1 >= array.n || !memchr("[,", array.p[*at], 2) || array.p[*at + 1] != '"')
        return false;
    for (*at += 2; *at < array.n && array.p[*at] != '"'; ++*at) {
        static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
        char c = array.p[*at];

        if (c == '\\' && *at + 1 < array.n) {
            const char *known;

            c = array.p[++*at];
            known = memchr(from, c, sizeof(from) - 1);
            if (known) {
                c = to[known - from];
            } else if (c == 'u' && *at + 4 < array.n) {
                c = (char)(hex_digit(array.p[*at + 3]) * 16 + hex_digit(array.p[*at + 4]));
                *at += 4;
            }
        }
        room[n++] = c;
    }
    ++*at;
    *out = (struct sv){room, n};
    return *at < array.n;
}

/* Code of a set of tags, new or not; 0 when out of memory. */
static int64_t code_of_set(struct axis *x, const uint32_t *tags, uint32_t n)
{
    uint64_t hash = hash64(tags, n * sizeof(*tags), 1); /* never the same as for texts: seed */
    uint32_t *copy, place;

    for (;; hash++) {
        place = keymap_find(&x->by_set, hash);
        if (place == KEYMAP_NONE)
            break;
        if (x->sets[place].n == n && memcmp(x->sets[place].tags, tags, n * sizeof(*tags)) == 0)
            return (int64_t)place + 1;
    }
    if (x->n_sets == x->cap_sets) {
        uint32_t cap = x->cap_sets ? x->cap_sets * 2 : 64;
        struct tag_set *bigger = cap > x->cap_sets ? realloc(x->sets, cap * sizeof(*bigger)) : NULL;

        if (!bigger)
            return 0;
        x->sets = bigger;
        x->cap_sets = cap;
    }
    copy = arena_alloc(&x->arena, n * sizeof(*copy));
    if (!copy || keymap_add(&x->by_set, hash) == KEYMAP_NONE)
        return 0;
    memcpy(copy, tags, n * sizeof(*tags));
    x->sets[x->n_sets++] = (struct tag_set){copy, n};
    return x->n_sets;
}

/* Adds a tag to a set that does not have it. False when out of memory. */
static bool add_tag(struct axis *x, struct sv tag, uint32_t *tags, uint32_t *n)
{
    int64_t code;

    tag = shown_tag(x, tag);
    if (!tag.n || *n == TAGS_MAX)
        return true;
    code = text_set_code(&x->texts, tag);
    for (uint32_t i = 0; i < *n; i++)
        if (tags[i] == (uint32_t)(code - 1))
            return true;
    tags[*n] = (uint32_t)(code - 1);
    *n += code > 0;
    return code > 0;
}

static enum err tags_value(void *ctx, int64_t meta_id, struct sv value)
{
    struct axis *x = ctx;
    uint32_t place = meta_place(x, meta_id), tags[TAGS_MAX], n = 0;
    bool ok = place != KEYMAP_NONE, list = sv_starts(value, "[");
    char *room = malloc(value.n + 1);
    size_t at = 0;
    struct sv tag;

    ok &= room != NULL;
    while (ok && list && next_tag(value, &at, room, &tag))
        ok = add_tag(x, tag, tags, &n);
    if (ok && !list) /* a lone text, where a log has tags that are none of a list */
        ok = add_tag(x, value, tags, &n);
    free(room);
    if (!ok)
        return ERR_NOMEM;
    x->of_meta[place] = n ? code_of_set(x, tags, n) : 0;
    return n && !x->of_meta[place] ? ERR_NOMEM : OK;
}

static enum err open_tags(const struct axis_source *source, struct axis *x, struct error *err)
{
    enum err rc = store_meta_values(source->store, "tags", tags_value, x, err);

    x->columns = COLUMN(C_META_ID);
    x->n_codes = (int64_t)x->n_sets + 1;
    return rc == ERR_NOMEM ? no_memory(err, x) : rc;
}

struct tag_set axis_tags(const struct axis *x, int64_t code)
{
    return code > 0 && code <= x->n_sets ? x->sets[code - 1] : (struct tag_set){NULL, 0};
}

static enum err open_meta(const struct axis_source *source, struct axis *x, struct error *err)
{
    enum err rc = store_meta_values(source->store, x->name + strlen("meta."), meta_value, x, err);

    x->columns = COLUMN(C_META_ID);
    x->n_codes = (int64_t)x->texts.n + 1;
    return rc == ERR_NOMEM ? no_memory(err, x) : rc;
}

/* Which view has the steps that have it. */
static const char *step_view(int column)
{
    return column == STEP_PHASE                                 ? "latency --phases"
           : column == STEP_TOOL || column == STEP_TOOL_VERSION ? "tools"
           : column == STEP_PATH                                ? "paths"
           : column == STEP_NAME                                ? "retrieval"
                                                                : "branches";
}

static enum err open_step(const struct axis_source *source, struct axis *x, struct error *err)
{
    if (!step_has(source->steps, x->dim->which))
        return error_set(err, ERR_USAGE, "%s goes with another view: llmobs report %s", x->name,
                         step_view(x->dim->which));
    x->steps = step_texts(source->steps, x->dim->which);
    x->n_codes = (int64_t)x->steps->n + 1;
    return OK;
}

static enum err (*const openers[])(const struct axis_source *, struct axis *, struct error *) = {
    [DIMENSION_TEXT] = open_text,     [DIMENSION_MODEL] = open_model,
    [DIMENSION_STATUS] = open_status, [DIMENSION_SESSION] = open_session,
    [DIMENSION_TIME] = open_time,     [DIMENSION_META] = open_meta,
    [DIMENSION_TAGS] = open_tags,     [DIMENSION_STEP] = open_step,
};

enum err axis_open(const struct axis_source *source, struct sv name, struct axis *out,
                   struct error *err)
{
    struct axis x = {.dim = dimension_find(name), .store = source->store, .zone = source->zone};
    char *copy;
    enum err rc;

    if (!x.dim)
        return unknown_name(err, "dimension", name, source->steps ? all_names : names);
    x.name = x.dim->name;
    if (x.dim == &meta_dimension || x.dim == &tag_dimension) {
        copy = arena_zalloc(&x.arena, 1, name.n + 1);
        if (!copy)
            return no_memory(err, &x);
        memcpy(copy, name.p, name.n);
        x.name = copy;
    }
    rc = openers[x.dim->kind](source, &x, err);
    if (rc) {
        axis_release(&x);
        return rc;
    }
    *out = x;
    return OK;
}

void axis_release(struct axis *x)
{
    arena_release(&x->arena);
    text_set_release(&x->texts);
    keymap_release(&x->by_set);
    free(x->sets);
    free(x->of_request);
    free(x->of_response);
    keymap_release(&x->by_key);
    free(x->of_meta);
    *x = (struct axis){0};
}

/* ---- rows to codes -------------------------------------------------------------------------- */

struct bucketer axis_memo(const struct axis *x)
{
    struct bucketer b;

    bucketer_init(&b, x->zone, x->dim->kind == DIMENSION_TIME ? (enum bucket)x->dim->which : 0);
    return b;
}

/* Ids that the dictionary does not know count as missing: a damaged file must not lead outside. */
static void text_codes(const struct axis *x, const int64_t *ids, int64_t rows, int64_t *out)
{
    for (int64_t i = 0; i < rows; i++)
        out[i] = ids[i] > 0 && ids[i] < x->n_codes ? ids[i] : 0;
}

static void model_codes(const struct axis *x, const int64_t *request, const int64_t *response,
                        int64_t rows, int64_t *out)
{
    for (int64_t i = 0; i < rows; i++) {
        if (request[i] > 0 && request[i] <= x->n_request)
            out[i] = x->of_request[request[i]];
        else if (response[i] > 0 && response[i] <= x->n_response)
            out[i] = x->of_response[response[i]];
        else
            out[i] = 0;
    }
}

static void status_codes(const struct axis *x, const int64_t *status, int64_t rows, int64_t *out)
{
    for (int64_t i = 0; i < rows; i++)
        out[i] = status[i] >= 0 && status[i] < x->n_codes - 1 ? status[i] + 1 : 0;
}

static void session_codes(const struct axis *x, const int64_t *keys, int64_t rows, int64_t *out)
{
    for (int64_t i = 0; i < rows; i++) {
        uint32_t place = KEYMAP_NONE;

        if (keys[i] != CALL_MISSING)
            place = keymap_find(&x->by_key, (uint64_t)keys[i]);
        out[i] = place == KEYMAP_NONE ? 0 : (int64_t)place + 1;
    }
}

static void time_codes(const struct axis *x, struct bucketer *memo, const int64_t *started,
                       int64_t rows, int64_t *out)
{
    for (int64_t i = 0; i < rows; i++) {
        int64_t code = 0;

        if (started[i] != CALL_MISSING)
            code = (bucket_number(memo, started[i]) - x->base) / x->step + 1;
        out[i] = code > 0 && code < x->n_codes ? code : 0;
    }
}

static void meta_codes(const struct axis *x, const int64_t *ids, int64_t rows, int64_t *out)
{
    for (int64_t i = 0; i < rows; i++) {
        uint32_t place = KEYMAP_NONE;

        if (ids[i] != CALL_MISSING)
            place = keymap_find(&x->by_key, (uint64_t)ids[i]);
        out[i] = place == KEYMAP_NONE ? 0 : x->of_meta[place];
    }
}

static void step_codes(const struct axis *x, const int64_t *codes, int64_t rows, int64_t *out)
{
    for (int64_t i = 0; i < rows; i++)
        out[i] = codes[i] > 0 && codes[i] < x->n_codes ? codes[i] : 0;
}

void axis_codes(const struct axis *x, struct bucketer *memo, const int64_t *const *cols,
                int64_t rows, int64_t *out)
{
    switch (x->dim->kind) {
    case DIMENSION_TEXT:
        text_codes(x, cols[x->dim->which], rows, out);
        break;
    case DIMENSION_MODEL:
        model_codes(x, cols[F_REQUEST_MODEL], cols[F_RESPONSE_MODEL], rows, out);
        break;
    case DIMENSION_STATUS:
        status_codes(x, cols[F_STATUS], rows, out);
        break;
    case DIMENSION_SESSION:
        session_codes(x, cols[C_SESSION_KEY], rows, out);
        break;
    case DIMENSION_TIME:
        time_codes(x, memo, cols[F_STARTED_US], rows, out);
        break;
    case DIMENSION_META:
    case DIMENSION_TAGS:
        meta_codes(x, cols[C_META_ID], rows, out);
        break;
    case DIMENSION_STEP:
        step_codes(x, cols[x->dim->which], rows, out);
        break;
    }
}

struct sv axis_text(const struct axis *x, int64_t code, struct arena *a)
{
    char label[40];
    size_t n;

    if (code <= 0 || code >= x->n_codes)
        return SV_NONE;
    switch (x->dim->kind) {
    case DIMENSION_TEXT:
        return store_dimension_text(x->store, (enum call_field)x->dim->which, code);
    case DIMENSION_MODEL:
    case DIMENSION_META:
        return x->texts.v[code - 1];
    case DIMENSION_STEP:
        return x->steps->v[code - 1];
    case DIMENSION_TAGS:
        return x->texts.v[x->sets[code - 1].tags[0]];
    case DIMENSION_STATUS:
        return call_status_name(code - 1);
    case DIMENSION_SESSION:
        return store_session_text(x->store, (int64_t)x->by_key.keys[code - 1], a);
    case DIMENSION_TIME:
        n = bucket_label(x->zone, (enum bucket)x->dim->which, x->base + (code - 1) * x->step,
                         label);
        return arena_copy(a, (struct sv){label, n});
    }
    return SV_NONE;
}
