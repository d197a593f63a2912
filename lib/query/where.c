/* where: expressions are read once; rows then cost a comparison or a look-up by code. */
#include "query/where.h"

#include <math.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/time_text.h"
#include "regex/regex.h"
#include "base/banned.h"

enum op { OP_EQ, OP_NE, OP_GT, OP_GE, OP_LT, OP_LE, OP_MATCH, OP_NO_MATCH, OP_NONE };

/* The longer of two with the same beginning first. */
static const struct {
    const char *text;
    enum op op;
} operators[] = {
    {"!=", OP_NE},
    {"!~", OP_NO_MATCH},
    {">=", OP_GE},
    {"<=", OP_LE},
    {"=",  OP_EQ},
    {">",  OP_GT},
    {"<",  OP_LT},
    {"~",  OP_MATCH},
};

enum measure_unit { IN_US, IN_MS, IN_S, IN_TIME, IN_COUNT, IN_DOLLARS, IN_NUSD, IN_RATIO };

/* Once as structs, once as a list of names. */
#define FIELDS(X)                                                                                  \
    X("latency", V_LATENCY_US, IN_TIME)                                                            \
    X("latency_us", V_LATENCY_US, IN_US)                                                           \
    X("latency_ms", V_LATENCY_US, IN_MS)                                                           \
    X("latency_s", V_LATENCY_US, IN_S)                                                             \
    X("ttft", V_TIME_TO_FIRST_TOKEN_US, IN_TIME)                                                   \
    X("ttft_us", V_TIME_TO_FIRST_TOKEN_US, IN_US)                                                  \
    X("ttft_ms", V_TIME_TO_FIRST_TOKEN_US, IN_MS)                                                  \
    X("ttft_s", V_TIME_TO_FIRST_TOKEN_US, IN_S)                                                    \
    X("time_to_first_token_us", V_TIME_TO_FIRST_TOKEN_US, IN_US)                                   \
    X("tpot", V_TIME_PER_OUTPUT_TOKEN_US, IN_TIME)                                                 \
    X("tpot_us", V_TIME_PER_OUTPUT_TOKEN_US, IN_US)                                                \
    X("tpot_ms", V_TIME_PER_OUTPUT_TOKEN_US, IN_MS)                                                \
    X("time_per_output_token_us", V_TIME_PER_OUTPUT_TOKEN_US, IN_US)                               \
    X("tokens_per_second", V_TOKENS_PER_SECOND, IN_RATIO)                                          \
    X("queue_us", V_QUEUE_US, IN_US)                                                               \
    X("queue_ms", V_QUEUE_US, IN_MS)                                                               \
    X("input_tokens", V_INPUT_TOKENS, IN_COUNT)                                                    \
    X("output_tokens", V_OUTPUT_TOKENS, IN_COUNT)                                                  \
    X("cache_read_tokens", V_CACHE_READ_TOKENS, IN_COUNT)                                          \
    X("cache_write_tokens", V_CACHE_WRITE_TOKENS, IN_COUNT)                                        \
    X("reasoning_tokens", V_REASONING_TOKENS, IN_COUNT)                                            \
    X("total_tokens", V_TOTAL_TOKENS, IN_COUNT)                                                    \
    X("cost", V_COST_NUSD, IN_DOLLARS)                                                             \
    X("cost_usd", V_COST_NUSD, IN_DOLLARS)                                                         \
    X("cost_nusd", V_COST_NUSD, IN_NUSD)                                                           \
    X("http_status", V_HTTP_STATUS, IN_COUNT)                                                      \
    X("input_chars", V_INPUT_CHARS, IN_COUNT)                                                      \
    X("output_chars", V_OUTPUT_CHARS, IN_COUNT)                                                    \
    X("guardrail", V_GUARDRAIL, IN_COUNT)                                                          \
    X("pii", V_PII, IN_COUNT)                                                                      \
    X("pii_input", V_PII_INPUT, IN_COUNT)                                                          \
    X("secret", V_SECRET, IN_COUNT)                                                                \
    X("injection", V_INJECTION, IN_COUNT)                                                          \
    X("bad_answer", V_BAD_ANSWER, IN_COUNT)

#define AS_STRUCT(name, value, unit) {name, value, unit},
#define AS_NAME(name, value, unit) name,

static const struct number_field {
    const char *name;
    enum call_value value;
    enum measure_unit unit;
} fields[] = {FIELDS(AS_STRUCT)};

static const char *const field_names[] = {FIELDS(AS_NAME) NULL};

/* What a number's suffix means in a unit: times 10^scale * factor gives what is stored. */
static const struct suffix {
    enum measure_unit unit;
    const char *text;
    int scale;
    int factor;
} suffixes[] = {
    {IN_US,      "",    0, 1   },
    {IN_MS,      "",    3, 1   },
    {IN_S,       "",    6, 1   },
    {IN_TIME,    "us",  0, 1   },
    {IN_TIME,    "ms",  3, 1   },
    {IN_TIME,    "s",   6, 1   },
    {IN_TIME,    "m",   6, 60  },
    {IN_TIME,    "min", 6, 60  },
    {IN_TIME,    "h",   6, 3600},
    {IN_COUNT,   "",    0, 1   },
    {IN_COUNT,   "k",   3, 1   },
    {IN_COUNT,   "M",   6, 1   },
    {IN_DOLLARS, "",    9, 1   },
    {IN_NUSD,    "",    0, 1   },
    {IN_RATIO,   "",    0, 1   },
};

struct where {
    struct arena arena;
    struct sv text; /* the expression */
    enum op op;

    bool is_axis;
    struct axis axis;
    unsigned char *verdicts; /* by code; NULL for time: decided when met, as there may be many */
    struct sv value;
    struct sv *alternatives; /* the value cut at | */
    size_t n_alternatives;
    struct regex *regex;

    int column;             /* of steps: in place of number; 0: none */
    enum call_value number; /* fulfilled when low <= v <= high is `inside` */
    enum cost_choice cost;
    int64_t low, high;
    bool inside, missing; /* missing: so is a call without the value */
};

/* An expression while it is read. */
struct reader {
    struct sv text;
    size_t at;
    size_t operator_at;
    struct error *err;
};

const char *const *where_field_names(void)
{
    return field_names;
}

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for a filter");
}

/* Points at the byte `at`. */
static enum err expected(const struct reader *r, size_t at, const char *what)
{
    struct sv rest = {r->text.p + at, r->text.n - at};

    if (rest.n > 20)
        rest.n = 20;
    return error_set(r->err, ERR_USAGE,
                     "where: column %zu: expected %s, found %s%.*s%s in \"%.*s\"", at + 1, what,
                     rest.n ? "\"" : "the end", SV_FMT(rest), rest.n ? "\"" : "",
                     SV_FMT(r->text));
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->text.n && (r->text.p[r->at] == ' ' || r->text.p[r->at] == '\t'))
        r->at++;
}

#define CONTEXT_PREFIX "context."

static bool is_context(struct sv name)
{
    return sv_starts(name, CONTEXT_PREFIX) && name.n > strlen(CONTEXT_PREFIX);
}

static bool is_number_field(struct sv name, size_t *index)
{
    for (*index = 0; *index < ARRAY_LEN(fields); ++*index)
        if (sv_is(name, fields[*index].name))
            return true;
    return false;
}

static enum err unknown_field(const struct reader *r, size_t at, struct sv name)
{
    const char *all[ARRAY_LEN(fields) + 64];
    size_t n = 0;
    struct error unknown;

    for (const char *const *d = dimension_names(); *d && n < 63; d++)
        all[n++] = *d;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        all[n++] = fields[i].name;
    all[n] = NULL;
    unknown_name(&unknown, "field", name, all);
    return error_set(r->err, ERR_USAGE, "where: column %zu: %s", at + 1, unknown.msg);
}

static enum op read_operator(struct reader *r)
{
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        struct sv rest = {r->text.p + r->at, r->text.n - r->at};

        if (sv_starts(rest, operators[i].text)) {
            r->at += strlen(operators[i].text);
            return operators[i].op;
        }
    }
    return OP_NONE;
}

/* ---- numbers -------------------------------------------------------------------------------- */

static size_t suffix_length(struct sv value)
{
    size_t n = 0;

    while (n < value.n && ((value.p[value.n - 1 - n] | 32) >= 'a') &&
           ((value.p[value.n - 1 - n] | 32) <= 'z'))
        n++;
    return n;
}

/* Suffixes of durations are understood by every field that is one. */
static const struct suffix *find_suffix(enum measure_unit unit, struct sv text)
{
    if (text.n && unit <= IN_S)
        unit = IN_TIME;
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
        if (suffixes[i].unit == unit && sv_is(text, suffixes[i].text))
            return &suffixes[i];
    return NULL;
}

static const char *what_suffix(const struct number_field *f)
{
    switch (f->unit) {
    case IN_TIME:
        return "a duration with its unit (2s, 500ms, 1500us, 5m, 1h)";
    case IN_US:
    case IN_MS:
    case IN_S:
        return "a number, or a duration (2s, 500ms, 1500us)";
    case IN_COUNT:
        return "a whole number (1500, 10k, 2M)";
    case IN_DOLLARS:
        return "an amount in dollars (0.5)";
    default:
        return "a number";
    }
}

/* The number as it is stored. Digits finer than what is stored are an error and not rounded, since
 * "tokens > 2.5" would silently become another question. */
static enum err read_number(const struct reader *r, const struct number_field *f, struct sv value,
                            int64_t *out)
{
    size_t letters = suffix_length(value);
    struct sv digits = {value.p, value.n - letters};
    const struct suffix *s = find_suffix(f->unit, (struct sv){value.p + digits.n, letters});
    int64_t coarse, fine;
    enum err rc;

    if (!s)
        return expected(r, r->at, what_suffix(f));
    if (call_value_is_real(f->value)) {
        rc = decimal_scaled(digits, s->scale + 6, &fine);
        if (!rc)
            *out = real_to_key((double)fine * s->factor / 1e6);
    } else {
        rc = decimal_scaled(digits, s->scale, &coarse);
        if (!rc && !decimal_scaled(digits, s->scale + 6, &fine) && fine % 1000000 != 0)
            rc = ERR_PARSE;
        if (!rc && __builtin_mul_overflow(coarse, s->factor, out))
            rc = ERR_RANGE;
    }
    return rc ? expected(r, r->at, what_suffix(f)) : OK;
}

static enum err read_range(struct where *w, const struct reader *r, const struct number_field *f,
                           struct sv value)
{
    int64_t v = 0;
    enum err rc;

    w->number = f->value;
    w->inside = w->op != OP_NE;
    w->missing = w->op == OP_NE;
    w->low = INT64_MIN;
    w->high = INT64_MAX;
    if (w->op == OP_MATCH || w->op == OP_NO_MATCH)
        return expected(r, r->operator_at, "one of = != > >= < <= (this field is a number)");
    if (sv_is(value, "null")) {
        if (w->op != OP_EQ && w->op != OP_NE)
            return expected(r, r->at, "a number (null goes with = and != only)");
        w->missing = w->op == OP_EQ;
        w->inside = w->op == OP_NE; /* all numbers are in the range */
        return OK;
    }
    rc = read_number(r, f, value, &v);
    if (rc)
        return rc;
    if (w->op == OP_EQ || w->op == OP_NE || w->op == OP_GE || w->op == OP_GT)
        w->low = v;
    if (w->op == OP_EQ || w->op == OP_NE || w->op == OP_LE || w->op == OP_LT)
        w->high = v;
    /* No value is at the ends of int64, so these cannot run over. */
    if (w->op == OP_GT && v < INT64_MAX)
        w->low++;
    if (w->op == OP_LT && v > INT64_MIN)
        w->high--;
    return OK;
}

/* A number of a decision's context, which only steps have. */
static enum err read_context(struct where *w, const struct reader *r,
                             const struct axis_source *source, struct sv name)
{
    static const struct number_field any = {"context.KEY", V_TOKENS_PER_SECOND, IN_RATIO};
    struct sv key = {name.p + strlen(CONTEXT_PREFIX), name.n - strlen(CONTEXT_PREFIX)};
    int64_t code;

    if (!step_has(source->steps, STEP_CONDITION))
        return error_set(r->err, ERR_USAGE, "%.*s goes with another view: llmobs report branches",
                         SV_FMT(name));
    code = text_set_code(&source->steps->contexts, key);
    if (!code)
        return no_memory(r->err);
    if (code > STEP_CONTEXTS_MAX)
        return error_set(r->err, ERR_USAGE, "where: at most %d different context.KEY at once",
                         STEP_CONTEXTS_MAX);
    w->column = STEP_CONTEXT + (int)code - 1;
    return read_range(w, r, &any, w->value);
}

/* ---- texts ---------------------------------------------------------------------------------- */

static enum err cut_alternatives(struct where *w, struct error *err)
{
    size_t n = 1, from = 0;

    for (size_t i = 0; i < w->value.n; i++)
        n += w->value.p[i] == '|';
    w->alternatives = arena_zalloc(&w->arena, n, sizeof(*w->alternatives));
    if (!w->alternatives)
        return no_memory(err);
    for (size_t i = 0; i <= w->value.n; i++) {
        if (i < w->value.n && w->value.p[i] == '\\') {
            i++;
        } else if (i == w->value.n || w->value.p[i] == '|') {
            struct sv piece = {w->value.p + from, i - from};

            w->alternatives[w->n_alternatives++] = sv_trim(piece);
            from = i + 1;
        }
    }
    return OK;
}

/* text: SV_NONE for a missing value. */
static bool one_of(const struct where *w, struct sv text)
{
    for (size_t i = 0; i < w->n_alternatives; i++) {
        struct sv a = w->alternatives[i];

        if (sv_is(a, "null") ? !text.p : text.p && sv_glob(a, text))
            return true;
    }
    return false;
}

/* Of all operators but the two that take a regular expression. */
static bool fulfilled(const struct where *w, struct sv text)
{
    switch (w->op) {
    case OP_EQ:
        return one_of(w, text);
    case OP_NE:
        return !one_of(w, text);
    case OP_GT:
        return text.p && sv_cmp(text, w->value) > 0;
    case OP_GE:
        return text.p && sv_cmp(text, w->value) >= 0;
    case OP_LT:
        return text.p && sv_cmp(text, w->value) < 0;
    case OP_LE:
        return text.p && sv_cmp(text, w->value) <= 0;
    default:
        return false;
    }
}

static enum err decide_regex(struct where *w, const struct reader *r, struct sv text,
                             bool *verdict)
{
    struct error bad;
    bool found = false;
    enum err rc = text.p ? regex_matches(w->regex, text, &found, &bad) : OK;

    *verdict = found == (w->op == OP_MATCH);
    return rc ? error_set(r->err, rc, "where: column %zu: %s", r->at + 1, bad.msg) : OK;
}

/* One of the call's tags fulfils it; of what is not to be, none is. */
static enum err decide_tags(struct where *w, const struct reader *r, int64_t code, bool *verdict)
{
    struct tag_set set = axis_tags(&w->axis, code);
    bool negated = w->op == OP_NE || w->op == OP_NO_MATCH;
    enum err rc = OK;

    *verdict = negated;
    for (uint32_t i = 0; i < set.n && *verdict == negated && !rc; i++) {
        struct sv text = w->axis.texts.v[set.tags[i]];

        if (w->regex)
            rc = decide_regex(w, r, text, verdict);
        else
            *verdict = fulfilled(w, text);
    }
    return rc;
}

static enum err decide(struct where *w, const struct reader *r)
{
    struct arena scratch = {0};
    bool any = false;
    enum err rc = OK;

    w->verdicts = calloc((size_t)w->axis.n_codes, 1);
    if (!w->verdicts)
        return no_memory(r->err);
    for (int64_t code = 0; code < w->axis.n_codes && !rc; code++) {
        struct sv text = axis_text(&w->axis, code, &scratch);
        bool verdict;

        if (w->axis.dim->kind == DIMENSION_TAGS && code)
            rc = decide_tags(w, r, code, &verdict);
        else if (w->regex)
            rc = decide_regex(w, r, text, &verdict);
        else
            verdict = fulfilled(w, text);
        w->verdicts[code] = verdict;
        any |= verdict == (w->op == OP_EQ);
        arena_reset(&scratch);
    }
    arena_release(&scratch);
    if (rc)
        return rc;
    /* Of the few words that a status can be, one that fits none is a mistake. */
    if (!any && w->axis.dim->kind == DIMENSION_STATUS && (w->op == OP_EQ || w->op == OP_NE))
        return expected(r, r->at, "ok, error, cancelled, unknown or null");
    return OK;
}

static enum err read_text(struct where *w, const struct reader *r)
{
    bool is_time = w->axis.dim->kind == DIMENSION_TIME;
    bool is_regex = w->op == OP_MATCH || w->op == OP_NO_MATCH;
    struct error bad;
    enum err rc = OK;

    if (is_time && is_regex)
        return expected(r, r->operator_at, "one of = != > >= < <= (this field is a time)");
    if (!is_time && w->op >= OP_GT && w->op <= OP_LE)
        return expected(r, r->operator_at, "one of = != ~ !~ (this field is text)");
    if (is_regex) {
        rc = regex_open(w->value, 0, &w->regex, &bad);
        if (rc)
            return error_set(r->err, rc == ERR_NOMEM ? rc : ERR_USAGE, "where: column %zu: %s",
                             r->at + 1, bad.msg);
    } else {
        rc = cut_alternatives(w, r->err);
    }
    return rc || is_time ? rc : decide(w, r);
}

/* ---- the expression ------------------------------------------------------------------------- */

static enum err read_expression(struct where *w, struct reader *r,
                                const struct axis_source *source)
{
    struct sv name;
    size_t name_at, index;
    enum err rc;

    skip_blanks(r);
    name_at = r->at;
    while (r->at < r->text.n && !memchr("=!<>~ \t", r->text.p[r->at], 7))
        r->at++;
    name = (struct sv){r->text.p + name_at, r->at - name_at};
    if (!name.n)
        return expected(r, r->at, "a field");
    if (!dimension_find(name) && !is_number_field(name, &index) && !is_context(name))
        return unknown_field(r, name_at, name);
    skip_blanks(r);
    r->operator_at = r->at;
    w->op = read_operator(r);
    if (w->op == OP_NONE)
        return expected(r, r->at, "one of = != > >= < <= ~ !~");
    skip_blanks(r);
    w->value = sv_trim((struct sv){r->text.p + r->at, r->text.n - r->at});
    if (!w->value.n)
        return expected(r, r->at, "a value (null: calls without one)");
    if (is_number_field(name, &index))
        return read_range(w, r, &fields[index], w->value);
    if (is_context(name))
        return read_context(w, r, source, name);
    rc = axis_open(source, name, &w->axis, r->err);
    if (rc)
        return rc;
    w->is_axis = true;
    return read_text(w, r);
}

enum err where_open(const struct axis_source *source, enum cost_choice cost, struct sv text,
                    struct where **out, struct error *err)
{
    struct where *w = calloc(1, sizeof(*w));
    struct reader r = {.err = err};
    enum err rc;

    if (!w)
        return no_memory(err);
    w->cost = cost;
    w->text = arena_copy(&w->arena, text);
    r.text = w->text;
    rc = w->text.p ? read_expression(w, &r, source) : no_memory(err);
    if (rc) {
        where_close(w);
        return rc;
    }
    *out = w;
    return OK;
}

void where_close(struct where *w)
{
    if (!w)
        return;
    if (w->is_axis)
        axis_release(&w->axis);
    regex_close(w->regex);
    free(w->verdicts);
    arena_release(&w->arena);
    free(w);
}

uint64_t where_columns(const struct where *w)
{
    return w->is_axis ? w->axis.columns : w->column ? 0 : call_value_columns(w->number);
}

static void apply_range(const struct where *w, const int64_t *v, int64_t rows, unsigned char *keep)
{
    for (int64_t i = 0; i < rows; i++) {
        bool in = (v[i] >= w->low) & (v[i] <= w->high);

        keep[i] &= v[i] == CALL_MISSING ? w->missing : in == w->inside;
    }
}

/* Calls come in order of time mostly, so the last answer is the next one's, too. */
static void apply_time(const struct where *w, const int64_t *codes, int64_t rows,
                       unsigned char *keep)
{
    struct arena scratch = {0};
    int64_t last = -1;
    bool verdict = false;

    for (int64_t i = 0; i < rows; i++) {
        if (codes[i] != last) {
            last = codes[i];
            verdict = fulfilled(w, axis_text(&w->axis, last, &scratch));
            arena_reset(&scratch);
        }
        keep[i] &= verdict;
    }
    arena_release(&scratch);
}

void where_apply(const struct where *w, const int64_t *const *cols, int64_t rows, int64_t *room,
                 unsigned char *keep)
{
    struct bucketer memo;

    if (w->column) {
        apply_range(w, cols[w->column], rows, keep);
        return;
    }
    if (!w->is_axis) {
        apply_range(w, call_values(w->number, w->cost, cols, rows, room), rows, keep);
        return;
    }
    memo = axis_memo(&w->axis);
    axis_codes(&w->axis, &memo, cols, rows, room);
    if (!w->verdicts) {
        apply_time(w, room, rows, keep);
        return;
    }
    for (int64_t i = 0; i < rows; i++)
        keep[i] &= w->verdicts[room[i]];
}
