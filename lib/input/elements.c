/* elements: recognises the container of an input's records and hands its work to that reader. */
#include "input/elements.h"

#include <stdlib.h>

#include "input/csv_rows.h"
#include "input/json_cut.h"
#include "input/shipped_lines.h"
#include "input/sse_answers.h"
#include "base/banned.h"

#define BLANK_MAX ((size_t)64 << 10) /* white space before the first record */
#define CSV_LOOK_MAX ((size_t)1 << 20)

struct elements {
    struct input *in;
    int64_t max_line;
    enum element_kind kind;
    struct json_cut json;
    struct sse_answers sse;
    struct csv_rows csv;
    struct shipped_lines shipped;
};

/* The beginning of an input, while it is being looked at. */
struct look {
    struct input *in;
    struct sv window;
    bool whole; /* the window is all of the input */
    size_t at;  /* first byte that is no white space */
};

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

static enum err look_further(struct look *l, size_t seen, struct error *err)
{
    enum err rc = input_peek(l->in, seen, &l->window, err);

    if (!rc)
        l->whole = l->window.n <= seen;
    return rc;
}

/* Index of the first byte at or behind `at` that is no white space; beyond BLANK_MAX not looked
 * for. */
static enum err look_past_blank(struct look *l, size_t *at, struct error *err)
{
    size_t from = *at;

    for (;;) {
        while (*at < l->window.n && is_one_of(l->window.p[*at], " \t\r\n"))
            (*at)++;
        if (*at < l->window.n || l->whole || *at - from > BLANK_MAX)
            return OK;
        enum err rc = look_further(l, *at, err);
        if (rc)
            return rc;
    }
}

/* The line at l->at without its \n, or the first most + 1 bytes of it. */
static enum err look_at_line(struct look *l, size_t most, struct sv *line, struct error *err)
{
    size_t seen = l->at;

    for (;;) {
        const char *p =
            seen < l->window.n ? memchr(l->window.p + seen, '\n', l->window.n - seen) : NULL;
        size_t n = (p ? (size_t)(p - l->window.p) : l->window.n) - l->at;
        *line = (struct sv){l->window.p + l->at, n > most ? most + 1 : n};
        if (p || l->whole || n > most)
            return OK;
        seen = l->window.n;
        enum err rc = look_further(l, seen, err);
        if (rc)
            return rc;
    }
}

/* The last byte of text that is no white space; text begins with such a byte. */
static char last_of(struct sv text)
{
    return text.p[sv_trim(text).n - 1];
}

/* The input begins with {. Are there lines, each a record? */
static enum err look_at_object(struct look *l, size_t max_line, enum element_kind *kind,
                               struct error *err)
{
    struct json_end e;
    struct sv line;
    enum err rc = look_at_line(l, max_line, &line, err);

    if (rc)
        return rc;
    if (shipped_lines_look(line)) {
        *kind = ELEMENTS_SHIPPED;
        return OK;
    }
    json_end_begin(&e, '{');
    size_t n = json_end_find(&e, line.p, line.n);
    *kind = ELEMENTS_LINES;
    if (e.done) {
        struct sv rest = sv_trim((struct sv){line.p + n, line.n - n});
        if (rest.n && is_one_of(rest.p[0], ",{["))
            *kind = ELEMENTS_DOCUMENTS;
    } else if (line.n > max_line) {
        *kind = ELEMENTS_DOCUMENTS;
    } else if (!e.in_string && l->at + line.n < l->window.n) { /* there is another line */
        char last = last_of(line);
        size_t next = l->at + line.n;
        rc = look_past_blank(l, &next, err);
        /* A document does not go on with a bracket here; another record does. */
        bool broken = next < l->window.n && l->window.p[next] == '{' && !is_one_of(last, ":,[");
        *kind = broken ? ELEMENTS_LINES : ELEMENTS_DOCUMENTS;
    }
    return rc;
}

/* The input begins with [. Plain text does so too: [2026-01-02 ... */
static enum err look_at_array(struct look *l, enum element_kind *kind, struct error *err)
{
    size_t next = l->at + 1;
    enum err rc = look_past_blank(l, &next, err);
    bool fits = next >= l->window.n || is_one_of(l->window.p[next], "{[\"]");

    *kind = fits ? ELEMENTS_DOCUMENTS : ELEMENTS_LINES;
    return rc;
}

static enum err look_at_table(struct elements *e, struct look *l, enum element_kind *kind,
                              struct error *err)
{
    enum csv_look look = CSV_MORE;

    while (look == CSV_MORE) {
        struct sv text = {l->window.p + l->at, l->window.n - l->at};
        enum err rc = csv_rows_look(&e->csv, text, l->whole, &look, err);
        if (!rc && look == CSV_MORE && text.n > CSV_LOOK_MAX)
            break;
        if (!rc && look == CSV_MORE)
            rc = look_further(l, l->window.n, err);
        if (rc)
            return rc;
    }
    if (look == CSV_YES) {
        *kind = ELEMENTS_CSV;
        e->csv.header += l->at;
    }
    return OK;
}

static bool is_xml(struct sv text)
{
    char c = text.n > 1 ? text.p[1] : 0;

    return text.n > 1 && text.p[0] == '<' &&
           (c == '?' || c == '!' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
}

/* Does the line at l->at begin like one that a container's runtime wrote? */
static enum err look_at_shipped(struct look *l, size_t max_line, bool *shipped, struct error *err)
{
    struct sv line = SV_NONE;
    enum err rc = OK;

    *shipped = false;
    if (l->window.p[l->at] >= '0' && l->window.p[l->at] <= '9')
        rc = look_at_line(l, max_line, &line, err);
    if (!rc && line.p)
        *shipped = shipped_lines_look(line) != SHIPPED_NONE;
    return rc;
}

/* What begins with neither { nor [. */
static enum err look_at_text(struct elements *e, struct look *l, struct error *err)
{
    enum err rc = look_further(l, l->at + sizeof("event") - 1, err);

    if (rc)
        return rc;
    bool shipped = false;
    rc = look_at_shipped(l, (size_t)e->max_line, &shipped, err);
    if (rc)
        return rc;
    struct sv text = {l->window.p + l->at, l->window.n - l->at};
    if (shipped)
        e->kind = ELEMENTS_SHIPPED;
    else if (is_xml(text))
        e->kind = ELEMENTS_XML;
    else if (sse_answers_look(text))
        e->kind = ELEMENTS_SSE;
    else
        rc = look_at_table(e, l, &e->kind, err);
    return rc;
}

/* Reads no further than it must: the input may be a pipe whose writer takes its time. */
static enum err recognise(struct elements *e, struct error *err)
{
    static const char sqlite[] = "SQLite format 3"; /* with its NUL */
    static const char zip[] = {'P', 'K', 3, 4};
    struct look l = {.in = e->in};
    enum err rc = look_further(&l, 0, err);

    if (!rc && l.window.n && l.window.p[0] == sqlite[0])
        rc = look_further(&l, sizeof(sqlite) - 1, err);
    if (!rc && l.window.n && l.window.p[0] == '\xEF')
        rc = look_further(&l, 2, err);
    if (!rc && l.window.n && l.window.p[0] == zip[0])
        rc = look_further(&l, sizeof(zip) - 1, err);
    if (rc)
        return rc;
    if (l.window.n >= sizeof(sqlite) && memcmp(l.window.p, sqlite, sizeof(sqlite)) == 0) {
        e->kind = ELEMENTS_SQLITE;
        return OK;
    }
    if (l.window.n >= sizeof(zip) && memcmp(l.window.p, zip, sizeof(zip)) == 0) {
        e->kind = ELEMENTS_ZIP;
        return OK;
    }
    if (l.window.n >= 3 && memcmp(l.window.p, "\xEF\xBB\xBF", 3) == 0)
        l.at = 3;
    rc = look_past_blank(&l, &l.at, err);
    if (rc || l.at >= l.window.n)
        return rc;
    switch (l.window.p[l.at]) {
    case '{':
        return look_at_object(&l, (size_t)e->max_line, &e->kind, err);
    case '[':
        return look_at_array(&l, &e->kind, err);
    default:
        return look_at_text(e, &l, err);
    }
}

/* Reading begins where the input stands. */
static void start(struct elements *e)
{
    size_t max = (size_t)e->max_line;

    if (e->kind == ELEMENTS_DOCUMENTS) {
        json_cut_release(&e->json);
        json_cut_init(&e->json, e->in, max);
    } else if (e->kind == ELEMENTS_SSE) {
        sse_answers_release(&e->sse);
        sse_answers_start(&e->sse, e->in, max);
    } else if (e->kind == ELEMENTS_CSV) {
        csv_rows_start(&e->csv, e->in, max);
    } else if (e->kind == ELEMENTS_SHIPPED) {
        shipped_lines_release(&e->shipped);
        shipped_lines_start(&e->shipped, e->in, max);
    }
}

enum err elements_open_lines(struct input *in, int64_t max_line, struct elements **out,
                             struct error *err)
{
    struct elements *e = calloc(1, sizeof(*e));

    if (!e)
        return error_set(err, ERR_NOMEM, "out of memory reading");
    e->in = in;
    e->max_line = max_line;
    *out = e;
    return OK;
}

enum err elements_open(struct input *in, int64_t max_line, struct elements **out, struct error *err)
{
    struct elements *e = NULL;
    enum err rc = elements_open_lines(in, max_line, &e, err);

    if (!rc)
        rc = recognise(e, err);
    if (rc == ERR_IO) { /* what can be read is handed out before elements_next() says this again */
        e->kind = ELEMENTS_LINES;
        rc = OK;
    }
    if (rc) {
        elements_close(e);
        return rc;
    }
    start(e);
    *out = e;
    return OK;
}

void elements_close(struct elements *e)
{
    if (!e)
        return;
    json_cut_release(&e->json);
    sse_answers_release(&e->sse);
    csv_rows_release(&e->csv);
    shipped_lines_release(&e->shipped);
    free(e);
}

enum element_kind elements_kind(const struct elements *e)
{
    return e->kind;
}

/* A mark and where it stands among those that were asked for. */
struct ordered_mark {
    struct input_mark mark;
    ptrdiff_t index;
};

static int compare_offsets(const void *a, const void *b)
{
    const struct ordered_mark *x = a, *y = b;

    return (x->mark.offset > y->mark.offset) - (x->mark.offset < y->mark.offset);
}

/* Goes on to the mark; *matches when the content before it is the same. */
static enum err go_on_to(struct elements *e, const struct input_mark *mark, bool *matches,
                         struct error *err)
{
    struct input_mark now;
    enum err rc = json_cut_go_on_to(&e->json, mark->offset, matches, err);

    if (rc == ERR_IO) { /* elements_next() comes upon it again */
        *matches = false;
        return OK;
    }
    if (rc || !*matches)
        return rc;
    input_get_mark(e->in, &now);
    *matches = now.tail.hi == mark->tail.hi && now.tail.lo == mark->tail.lo &&
               now.prefix.hi == mark->prefix.hi && now.prefix.lo == mark->prefix.lo;
    return OK;
}

/* Goes on to the last of the marks, which come in the order of their offsets, that matches; to the
 * start if none does. */
static enum err find_last(struct elements *e, const struct ordered_mark *order, size_t n,
                          ptrdiff_t *best, struct error *err)
{
    const struct ordered_mark *found = NULL;
    bool matches = true;
    enum err rc = OK;

    *best = -1;
    for (size_t i = 0; i < n && !rc; i++) {
        rc = go_on_to(e, &order[i].mark, &matches, err);
        if (!rc && matches)
            found = &order[i];
    }
    if (!rc && !matches) { /* it went beyond what it looked for */
        rc = input_rewind(e->in, err);
        start(e);
        if (!rc && found)
            rc = go_on_to(e, &found->mark, &matches, err);
    }
    if (!rc && found)
        *best = found->index;
    return rc;
}

enum err elements_match(struct elements *e, const struct input_mark *marks, size_t n,
                        ptrdiff_t *best, struct error *err)
{
    if (e->kind != ELEMENTS_DOCUMENTS) {
        enum err rc = input_match(e->in, marks, n, best, err);
        start(e);
        return rc;
    }
    struct ordered_mark *order = calloc(n + 1, sizeof(*order));
    if (!order)
        return error_set(err, ERR_NOMEM, "out of memory comparing inputs");
    for (size_t i = 0; i < n; i++)
        order[i] = (struct ordered_mark){marks[i], (ptrdiff_t)i};
    qsort(order, n, sizeof(*order), compare_offsets);
    enum err rc = find_last(e, order, n, best, err);
    free(order);
    return rc;
}

enum err elements_resume(struct elements *e, const struct input_mark *mark, bool check_prefix,
                         bool *matches, struct error *err)
{
    if (e->kind == ELEMENTS_DOCUMENTS) {
        ptrdiff_t best = -1;
        enum err rc = elements_match(e, mark, 1, &best, err);
        *matches = best == 0;
        return rc;
    }
    enum err rc = input_resume(e->in, mark, check_prefix, matches, err);
    start(e);
    return rc;
}

enum err elements_next(struct elements *e, struct line *out, struct error *err)
{
    switch (e->kind) {
    case ELEMENTS_LINES:
        return input_next(e->in, out, err);
    case ELEMENTS_DOCUMENTS:
        return json_cut_next(&e->json, out, err);
    case ELEMENTS_SSE:
        return sse_answers_next(&e->sse, out, err);
    case ELEMENTS_CSV:
        return csv_rows_next(&e->csv, out, err);
    case ELEMENTS_SHIPPED:
        return shipped_lines_next(&e->shipped, out, err);
    default:
        return ERR_EMPTY;
    }
}

/* The window of the reader in use; NULL for lines. */
static const struct pieces *pieces_of(const struct elements *e)
{
    switch (e->kind) {
    case ELEMENTS_DOCUMENTS:
        return &e->json.p;
    case ELEMENTS_SSE:
        return &e->sse.p;
    case ELEMENTS_CSV:
        return &e->csv.p;
    case ELEMENTS_SHIPPED:
        return &e->shipped.p;
    default:
        return NULL;
    }
}

void elements_unread_last(struct elements *e)
{
    if (e->kind == ELEMENTS_DOCUMENTS)
        pieces_unread_last(&e->json.p);
    else if (e->kind == ELEMENTS_SSE)
        pieces_unread_last(&e->sse.p);
    else if (e->kind == ELEMENTS_CSV)
        pieces_unread_last(&e->csv.p);
    else if (e->kind == ELEMENTS_SHIPPED)
        pieces_unread_last(&e->shipped.p);
    else
        input_unread_last(e->in);
}

void elements_get_mark(const struct elements *e, struct input_mark *out)
{
    const struct pieces *p = pieces_of(e);

    if (p)
        pieces_get_mark(p, out);
    else
        input_get_mark(e->in, out);
}
