/* patterns: what is looked for in texts, as tables of tab-separated values say it. */
#include "detect/patterns.h"

#include "detect/pattern_checks.h"
#include "tsv.h"

#include "base/banned.h"

#define COLUMNS_MAX 16
#define TRIGGER_MIN 3 /* bytes of a text: it is looked up by so many */

const char *const detect_families[DETECT_FAMILIES] = {
    [DETECT_PII] = "pii",           [DETECT_SECRETS] = "secrets", [DETECT_INJECTION] = "injection",
    [DETECT_REFUSALS] = "refusals", [DETECT_QUALITY] = "quality",
};

static const char *const wheres[] = {
    [WHERE_ANY] = "any",
    [WHERE_INPUT] = "input",
    [WHERE_OUTPUT] = "output",
    [WHERE_HEAD] = "head",
};

enum detect_family detect_family_of(struct sv name)
{
    int i = 0;

    while (i < DETECT_FAMILIES && !sv_is(name, detect_families[i]))
        i++;
    return (enum detect_family)i;
}

struct sv patterns_built_in(size_t i)
{
    static const unsigned char *const tables[] = {
        tsv_detect_pii,
        tsv_detect_secrets,
        tsv_detect_injection,
        tsv_detect_refusals,
    };

    return i < ARRAY_LEN(tables) ? sv_from((const char *)tables[i]) : SV_NONE;
}

/* ---- one cell ------------------------------------------------------------------------------ */

static bool take_family(struct pattern *p, struct sv cell)
{
    p->family = detect_family_of(cell);
    return p->family < DETECT_QUALITY; /* which has no patterns */
}

static bool take_kind(struct pattern *p, struct sv cell)
{
    p->kind = cell;
    for (size_t i = 0; i < cell.n; i++)
        if (!(cell.p[i] >= 'a' && cell.p[i] <= 'z') && !(cell.p[i] >= '0' && cell.p[i] <= '9') &&
            cell.p[i] != '_')
            return false;
    return cell.n && cell.n <= 40;
}

static bool take_where(struct pattern *p, struct sv cell)
{
    size_t i = 0;

    while (cell.n && i < ARRAY_LEN(wheres) && !sv_is(cell, wheres[i]))
        i++;
    p->where = (enum pattern_where)i;
    return i < ARRAY_LEN(wheres);
}

static bool take_back(struct pattern *p, struct sv cell)
{
    p->back = 0;
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] < '0' || cell.p[i] > '9' || p->back > PATTERN_BACK_MAX)
            return false;
        p->back = p->back * 10 + (size_t)(cell.p[i] - '0');
    }
    return p->back <= PATTERN_BACK_MAX;
}

static bool take_triggers(struct pattern *p, struct sv cell)
{
    p->triggers = cell;
    while (cell.n) {
        const char *bar = memchr(cell.p, '|', cell.n);
        size_t n = bar ? (size_t)(bar - cell.p) : cell.n;
        struct sv one = {cell.p, n};
        size_t text = n && cell.p[0] == '*' ? n - 1 : n;

        if (text < TRIGGER_MIN && !sv_is(one, "@") && !memchr(one.p, '#', n))
            return false;
        cell = bar ? (struct sv){bar + 1, cell.n - n - 1} : SV_NONE;
    }
    return true;
}

static bool take_regex(struct pattern *p, struct sv cell)
{
    p->regex = cell;
    return cell.n > 0;
}

static bool take_check(struct pattern *p, struct sv cell)
{
    p->check = cell.n ? detect_check_find(cell) : NULL;
    return p->check || !cell.n;
}

static bool take_matches(struct pattern *p, struct sv cell)
{
    p->matches = cell;
    return true;
}

static bool take_passes(struct pattern *p, struct sv cell)
{
    p->passes = cell;
    return true;
}

static const struct column {
    const char *name, *expected;
    bool (*take)(struct pattern *p, struct sv cell);
    bool required;
} columns[] = {
    {"family",   "pii, secrets, injection or refusals",                      take_family,   true },
    {"kind",     "at most 40 lower case letters, digits and _",              take_kind,     true },
    {"where",    "any, input, output or head",                               take_where,    false},
    {"back",     "a number of bytes up to 128",                              take_back,     false},
    {"triggers", "texts of 3 bytes and more, '@' or '#N', with '|' between", take_triggers, false},
    {"check",    "the name of a check",                                      take_check,    false},
    {"pattern",  "a regular expression",                                     take_regex,    true },
    {"matches",  "a text",                                                   take_matches,  false},
    {"passes",   "a text",                                                   take_passes,   false},
};

/* ---- rows ---------------------------------------------------------------------------------- */

static struct sv cut(struct sv *rest, char at)
{
    const char *end = rest->n ? memchr(rest->p, at, rest->n) : NULL;
    struct sv part = {rest->p, end ? (size_t)(end - rest->p) : rest->n};

    *rest = end ? (struct sv){end + 1, rest->n - part.n - 1} : (struct sv){rest->p + rest->n, 0};
    return part;
}

struct heads {
    const struct column *columns[COLUMNS_MAX];
    size_t n;
};

static enum err read_heads(struct sv line, int64_t number, struct heads *heads, struct error *err)
{
    for (heads->n = 0; line.n; heads->n++) {
        struct sv name = cut(&line, '\t');
        const struct column *c = NULL;

        for (size_t i = 0; i < ARRAY_LEN(columns); i++)
            if (sv_is(name, columns[i].name))
                c = &columns[i];
        if (!c || heads->n == COLUMNS_MAX)
            return error_set(err, ERR_PARSE, "line %lld: no column \"%.*s\"", (long long)number,
                             SV_FMT(name));
        heads->columns[heads->n] = c;
    }
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        bool there = !columns[i].required;

        for (size_t k = 0; k < heads->n; k++)
            there |= heads->columns[k] == &columns[i];
        if (!there)
            return error_set(err, ERR_PARSE, "line %lld: column \"%s\" is missing",
                             (long long)number, columns[i].name);
    }
    return OK;
}

static enum err read_row(struct sv line, int64_t number, const struct heads *heads,
                         struct pattern *p, struct error *err)
{
    *p = (struct pattern){.family = DETECT_FAMILIES};
    for (size_t i = 0; i < heads->n; i++) {
        struct sv cell = cut(&line, '\t');

        if (!heads->columns[i]->take(p, cell))
            return error_set(err, ERR_PARSE, "line %lld: %s: expected %s, found \"%.*s\"",
                             (long long)number, heads->columns[i]->name,
                             heads->columns[i]->expected, SV_FMT(cell));
    }
    if (line.n)
        return error_set(err, ERR_PARSE, "line %lld: more cells than columns", (long long)number);
    return OK;
}

enum err patterns_read(struct sv text,
                       enum err (*visit)(void *ctx, const struct pattern *p, struct error *err),
                       void *ctx, struct error *err)
{
    struct heads heads = {.n = 0};
    enum err rc = OK;

    for (int64_t number = 1; !rc && text.n; number++) {
        struct sv line = cut(&text, '\n');
        struct pattern p;

        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        if (!line.n || line.p[0] == '#')
            continue;
        if (!heads.n) {
            rc = read_heads(line, number, &heads, err);
            continue;
        }
        rc = read_row(line, number, &heads, &p, err);
        if (!rc)
            rc = visit(ctx, &p, err);
    }
    return rc;
}

struct sv pattern_example(struct sv cell, struct arena *a)
{
    static const struct sv bar = SV_INIT("\xC2\xA6");
    char *out = arena_alloc(a, cell.n + 1);
    size_t n = 0;

    if (!out)
        return SV_NONE;
    for (size_t i = 0; i < cell.n; i++) {
        if (i + 1 < cell.n && cell.p[i] == '\\' && cell.p[i + 1] == 'n') {
            out[n++] = '\n';
            i++;
        } else if (i + 1 < cell.n && memcmp(cell.p + i, bar.p, bar.n) == 0) {
            i++;
        } else {
            out[n++] = cell.p[i];
        }
    }
    return (struct sv){out, n};
}
