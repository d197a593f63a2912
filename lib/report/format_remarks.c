/* format_remarks: see the header. */
#include "report/format_remarks.h"

#include <inttypes.h>
#include <stdlib.h>
#include "report/numbers.h"
#include "base/banned.h"

enum { TOLD = 20, NOTED = 3 };

/* What several answers fail at. */
struct reason {
    const char *keyword;
    struct sv pointer; /* elements are '*' */
    int64_t n;
};

static bool is_element(struct sv step)
{
    for (size_t i = 0; i < step.n; i++)
        if (step.p[i] < '0' || step.p[i] > '9')
            return false;
    return step.n > 0;
}

/* With '*' for the numbers of elements; .p is NULL when out of memory. */
static struct sv without_elements(struct arena *a, struct sv pointer)
{
    char *out = arena_alloc(a, pointer.n + 1);
    size_t n = 0, i = 0;

    while (out && i < pointer.n) {
        size_t from = ++i; /* behind the '/' */
        struct sv step;

        while (i < pointer.n && pointer.p[i] != '/')
            i++;
        step = (struct sv){pointer.p + from, i - from};
        if (is_element(step))
            step = SV("*");
        out[n++] = '/';
        memcpy(out + n, step.p, step.n);
        n += step.n;
    }
    return (struct sv){out, out ? n : 0};
}

static int by_fault(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;
    int d = strcmp(x->keyword, y->keyword);

    return d ? d : sv_cmp(x->pointer, y->pointer);
}

/* The most frequent first. */
static int by_n(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;

    return x->n != y->n ? (x->n < y->n ? 1 : -1) : by_fault(a, b);
}

/* *n of them; NULL: out of memory. */
static struct reason *find_reasons(const struct format_checks *c, struct arena *a, size_t *n)
{
    struct reason *v = arena_zalloc(a, c->n + 1, sizeof(*v));
    size_t kept = 0;

    for (size_t i = 0; v && i < c->n; i++) {
        struct sv pointer = c->failures[i].pointer;

        v[i] = (struct reason){c->failures[i].keyword,
                               pointer.p ? without_elements(a, pointer) : SV_NONE, 1};
        if (pointer.p && !v[i].pointer.p)
            return NULL;
    }
    if (v && c->n)
        qsort(v, c->n, sizeof(*v), by_fault);
    for (size_t i = 0; v && i < c->n; i++) {
        if (kept && by_fault(&v[kept - 1], &v[i]) == 0)
            v[kept - 1].n++;
        else
            v[kept++] = v[i];
    }
    if (kept)
        qsort(v, kept, sizeof(*v), by_n);
    *n = kept;
    return v;
}

/* "17 fail: required /email (12), type /age (3), not JSON (1), ..." */
static bool tell_reasons(struct table *t, const struct format_checks *c,
                         const struct format_spec *spec, bool list)
{
    static const char *const keys[] = {"keyword", "pointer", "n"};
    struct buf b = {0};
    size_t n = 0;
    struct reason *v = find_reasons(c, &t->arena, &n);
    struct cell *cell;
    bool ok;

    if (!v || !n)
        return v != NULL;
    cell = table_add_fact_list(t, "format_failures", keys, ARRAY_LEN(keys), n < TOLD ? n : TOLD);
    for (size_t i = 0; cell && i < n && i < TOLD; i++, cell += ARRAY_LEN(keys)) {
        cell[0] = cell_text(sv_from(v[i].keyword));
        cell[1] = cell_text(v[i].pointer);
        cell[2] = cell_int(v[i].n);
        if (i < NOTED)
            buf_printf(&b, "%s%s%s%.*s (%" PRId64 ")", i ? ", " : "", v[i].keyword,
                       v[i].pointer.n ? " " : "", SV_FMT(v[i].pointer), v[i].n);
    }
    if (n > NOTED)
        buf_str(&b, ", ...");
    ok = cell && !b.failed;
    if (ok && list)
        ok = table_note(t, "%zu fail: %s; llmobs calls --check-format %s lists them", c->n, b.p,
                        spec->name);
    else if (ok)
        ok = table_note(t, "%zu fail: %s", c->n, b.p);
    buf_release(&b);
    return ok;
}

bool format_remarks_add(struct table *t, const struct format_spec *spec,
                        const struct format_checks *c, int64_t logged, bool list)
{
    bool ok = table_add_fact(t, "format_checked", cell_int(c->checked)) &&
              table_add_fact(t, "format_failed", cell_int((int64_t)c->n)) &&
              table_add_fact(t, "format_changed", cell_int(c->changed)) &&
              table_add_fact(t, "format_undecided", cell_int(c->undecided));

    if (!c->checked && !c->changed && !c->undecided)
        ok &= table_note(t,
                         "no answer is stored, so none was checked against %s; ingest "
                         "--store-content full keeps them",
                         spec->name);
    else if (logged)
        ok &= table_note(t,
                         "%" PRId64 " answer%s checked against %s, %" PRId64 " by %s log's own "
                         "word",
                         c->checked, plural(c->checked), spec->name, logged,
                         logged == 1 ? "its" : "their");
    else
        ok &= table_note(t, "%" PRId64 " answer%s checked against %s", c->checked,
                         plural(c->checked), spec->name);
    if (c->changed)
        ok &= table_note(t, "%" PRId64 " answer%s stored cut or redacted, and cannot be checked",
                         c->changed, c->changed == 1 ? " is" : "s are");
    if (c->undecided)
        ok &= table_warn(t, "%" PRId64 " answer%s could not be checked: %s", c->undecided,
                         plural(c->undecided), c->why.msg);
    return ok && tell_reasons(t, c, spec, list);
}
