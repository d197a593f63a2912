/* why_answer: the answer in a sentence or two, from the rows that it stands above. */
#include "report/why_rows.h"

#include "report/words.h"
#include "base/banned.h"

enum { MOST_REASONS = 3 };
#define LEAST_SHARE 0.1 /* of what is a reason */

static struct sv text_of(const struct row *r, enum why_column c)
{
    return r->cells[c].type == CELL_TEXT ? sv_trim(r->cells[c].text) : SV_NONE;
}

static double share_of(const struct row *r)
{
    return r->cells[WHY_SHARE].type == CELL_REAL ? r->cells[WHY_SHARE].r : 0;
}

struct section {
    const struct row *rows;
    size_t n;
    uint32_t deepest; /* of what is named as a reason */
};

static struct section section_of(const struct table *t, const char *name, uint32_t deepest)
{
    struct section s = {.deepest = deepest};

    for (size_t i = 0; i < t->n_rows; i++) {
        if (!sv_is(text_of(&t->rows[i], WHY_SECTION), name))
            continue;
        s.rows = s.rows ? s.rows : &t->rows[i];
        s.n++;
    }
    return s;
}

/* A row that has a share and no row with one below it. */
static bool is_reason(const struct section *s, size_t i)
{
    if (!i || share_of(&s->rows[i]) < LEAST_SHARE || s->rows[i].depth > s->deepest)
        return false;
    if (s->rows[i].depth == s->deepest)
        return true;
    for (size_t k = i + 1; k < s->n && s->rows[k].depth > s->rows[i].depth; k++)
        if (share_of(&s->rows[k]) > 0)
            return false;
    return true;
}

/* Text from outside, on one line. */
static void add_name(struct buf *b, struct sv name)
{
    for (size_t i = 0; i < name.n; i++)
        buf_char(b, name.p[i] == '\n' || !name.p[i] ? ' ' : name.p[i]);
}

static void add_median(struct buf *b, const struct row *r)
{
    struct sv median = text_of(r, WHY_MEDIAN_SHOWN);

    if (!median.n)
        return;
    buf_str(b, ", median ");
    buf_sv(b, median);
}

/* "31,900 tok, median 3,100 tok", or what a row below measures: "47 documents, median 6". */
static void add_detail(struct buf *b, const struct section *s, size_t i)
{
    const struct row *r = &s->rows[i];
    const struct row *below = i + 1 < s->n && r[1].depth > r->depth ? &r[1] : NULL;

    if (r->cells[WHY_TOKENS].type == CELL_INT) {
        buf_str(b, " (");
        words_count(b, r->cells[WHY_TOKENS].i);
        buf_str(b, " tok");
        add_median(b, r);
        buf_char(b, ')');
    } else if (below && sv_is(text_of(below, WHY_UNIT), "count")) {
        buf_str(b, " (");
        buf_sv(b, text_of(below, WHY_SHOWN));
        buf_char(b, ' ');
        buf_sv(b, text_of(below, WHY_ITEM));
        add_median(b, below);
        buf_char(b, ')');
    }
}

/* The largest ones, in order of size. */
static void add_reasons(struct buf *b, const struct section *s)
{
    size_t chosen[MOST_REASONS], n = 0;

    for (size_t i = 0; i < s->n; i++) {
        size_t at = n;

        if (!is_reason(s, i))
            continue;
        while (at && share_of(&s->rows[i]) > share_of(&s->rows[chosen[at - 1]]))
            at--;
        if (at == MOST_REASONS)
            continue;
        n += n < MOST_REASONS;
        memmove(&chosen[at + 1], &chosen[at], (n - 1 - at) * sizeof(*chosen));
        chosen[at] = i;
    }
    for (size_t k = 0; k < n; k++) {
        buf_str(b, k ? ", " : ": ");
        add_name(b, text_of(&s->rows[chosen[k]], WHY_ITEM));
        buf_char(b, ' ');
        words_share(b, share_of(&s->rows[chosen[k]]));
        add_detail(b, s, chosen[k]);
    }
}

/* ", 11 x the median of feature support ($0.0475, n 7), rank 1" */
static void add_place(struct buf *b, const struct row *r)
{
    const struct cell *times = &r->cells[WHY_TIMES];
    bool some = times->type == CELL_REAL;

    if (r->cells[WHY_N].type != CELL_INT)
        return;
    buf_str(b, ", ");
    if (some) {
        why_times(b, times->r);
        buf_char(b, ' ');
    }
    buf_str(b, "the median of ");
    add_name(b, text_of(r, WHY_PEERS));
    buf_str(b, some ? " (" : " is ");
    buf_sv(b, text_of(r, WHY_MEDIAN_SHOWN));
    buf_str(b, some ? ", n " : " (n ");
    words_count(b, r->cells[WHY_N].i);
    buf_str(b, "), rank ");
    words_count(b, r->cells[WHY_RANK].i);
}

static void add_sentence(struct buf *b, const struct table *t, const char *name, uint32_t deepest)
{
    struct section s = section_of(t, name, deepest);

    if (!s.n || s.rows[0].cells[WHY_VALUE].type != CELL_INT)
        return;
    buf_str(b, b->n ? "\n" : "");
    buf_str(b, name);
    buf_str(b, s.rows[0].lower_bound ? " >= " : " ");
    buf_sv(b, text_of(&s.rows[0], WHY_SHOWN));
    add_place(b, &s.rows[0]);
    add_reasons(b, &s);
}

enum err why_answer(struct why *w, struct error *err)
{
    struct buf b = {0};
    struct sv text;
    enum err rc = OK;

    add_sentence(&b, w->out, "cost", w->n_calls > 1 ? 1 : UINT32_MAX); /* several calls: which */
    add_sentence(&b, w->out, "latency", 1);
    if (b.n)
        buf_char(&b, '\0');
    text = words_take(&b, &w->out->arena);
    w->out->narrative = text.p;
    if (b.failed)
        rc = error_set(err, ERR_NOMEM, "out of memory for the answer");
    buf_release(&b);
    return rc;
}
