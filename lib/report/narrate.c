/* narrate: one sentence on what carries the cost, or its change. */
#include "report/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include "base/buf.h"
#include "report/numbers.h"
#include "base/banned.h"

enum { FEW_CALLS = 30 };

/* ---- users ---------------------------------------------------------------------------------- */

/* Cost of one group by user. */
struct by_user {
    const struct run *run;
    uint32_t group; /* of the run's scan */
    int sign;       /* -1: what is compared with is taken off */
    struct axis axis;
    struct bucketer memo;
    int64_t n_users;
    i128 *cost; /* by thread and code; then all of it in the first thread's */
    bool *seen;
    int64_t **rooms; /* by thread, two */
    int threads;
};

static bool add_users(void *ctx, const struct slice *slice)
{
    struct by_user *u = ctx;
    i128 *cost = u->cost + (size_t)slice->thread * (size_t)u->n_users;
    bool *seen = u->seen + (size_t)slice->thread * (size_t)u->n_users;
    int64_t *codes = u->rooms[2 * slice->thread], *room = u->rooms[2 * slice->thread + 1];
    struct bucketer memo = u->memo;
    const int64_t *v = call_values(V_COST_NUSD, (enum cost_choice)u->run->spec->cost, slice->cols,
                                   slice->rows, room);

    axis_codes(&u->axis, &memo, slice->cols, slice->rows, codes);
    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] == u->group) {
            seen[codes[i]] = true;
            cost[codes[i]] += v[i] != CALL_MISSING ? v[i] * u->sign : 0;
        }
    return true;
}

static enum err open_users(struct by_user *u, const struct run *r, struct error *err)
{
    enum err rc = scan_open_axis(r->scan, SV("user"), &u->axis, err);
    size_t cells;

    if (rc)
        return rc;
    u->memo = axis_memo(&u->axis);
    u->n_users = u->axis.n_codes;
    u->threads = scan_threads(r->scan);
    if (r->before && scan_threads(r->before->scan) > u->threads)
        u->threads = scan_threads(r->before->scan);
    cells = (size_t)u->threads * (size_t)u->n_users;
    u->cost = calloc(cells, sizeof(*u->cost));
    u->seen = calloc(cells, sizeof(*u->seen));
    u->rooms = calloc((size_t)u->threads * 2, sizeof(*u->rooms));
    if (!u->cost || !u->seen || !u->rooms)
        return run_no_memory(err);
    for (int i = 0; i < u->threads * 2; i++) {
        u->rooms[i] = malloc(CHUNK_ROWS * sizeof(**u->rooms));
        if (!u->rooms[i])
            return run_no_memory(err);
    }
    return OK;
}

static enum err walk_users(struct by_user *u, const struct run *run, uint32_t group, int sign,
                           struct error *err)
{
    u->run = run;
    u->group = group;
    u->sign = sign;
    return scan_walk(run->scan, u->axis.columns | call_value_columns(V_COST_NUSD), add_users, u,
                     err);
}

static void release_users(struct by_user *u)
{
    for (int i = 0; u->rooms && i < u->threads * 2; i++)
        free(u->rooms[i]);
    free(u->rooms);
    free(u->cost);
    free(u->seen);
    axis_release(&u->axis);
}

static int largest_first(const void *left, const void *right)
{
    i128 a, b;

    memcpy(&a, left, sizeof(a));
    memcpy(&b, right, sizeof(b));
    return (a < b) - (a > b);
}

/* How many users there are, and how few make at least half of `whole` (of its sign, not 0); 0 when
 * most of it has no user. nameless: some calls have none. */
static void count_users(struct by_user *u, i128 whole, int64_t *users, int64_t *half,
                        bool *nameless)
{
    int sign = whole < 0 ? -1 : 1;
    i128 sum = 0;
    int64_t n = 0;

    *nameless = false;
    for (int t = 0; t < u->threads; t++)
        *nameless |= u->seen[(size_t)t * (size_t)u->n_users];
    for (int64_t code = 1; code < u->n_users; code++) {
        i128 cost = 0;
        bool seen = false;

        for (int t = 0; t < u->threads; t++) {
            cost += u->cost[(size_t)t * (size_t)u->n_users + (size_t)code];
            seen |= u->seen[(size_t)t * (size_t)u->n_users + (size_t)code];
        }
        if (seen)
            u->cost[n++] = cost * sign; /* at most `code` of them: none is overwritten unread */
    }
    qsort(u->cost, (size_t)n, sizeof(*u->cost), largest_first);
    *users = n;
    for (*half = 0; *half < n && sum * 2 < whole * sign; ++*half)
        sum += u->cost[*half];
    if (sum * 2 < whole * sign)
        *half = 0;
}

/* ---- words ---------------------------------------------------------------------------------- */

struct story {
    struct run *r;
    struct buf b;
    uint32_t total;   /* in sums */
    uint32_t group;   /* that carries most; the total where nothing is grouped */
    int64_t unpriced; /* calls of either window */
};

static i128 cost_of(const struct story *s, uint32_t group)
{
    return sums_sum(&s->r->sums, T_COST, group);
}

static i128 change_of(const struct story *s, uint32_t group)
{
    return cost_of(s, group) - sums_sum(&s->r->sums_before, T_COST, group);
}

static void add_percent(struct buf *b, i128 part, i128 whole)
{
    buf_printf(b, "%.1f %%", divide_real(part, whole) * 100);
}

/* "feature support, model gpt-4o carries", "calls without feature carry" */
static void add_subject(struct story *s)
{
    bool named = false;

    for (size_t d = 0; d < s->r->n_by; d++) {
        struct sv text = joined_text(&s->r->groups, s->group, d, &s->r->table->arena);

        buf_str(&s->b, d ? ", " : "");
        buf_str(&s->b, text.p ? "" : d ? "without " : "calls without ");
        buf_str(&s->b, s->r->table->by[d]);
        if (text.p) {
            buf_char(&s->b, ' ');
            buf_sv(&s->b, text);
        }
        named |= d == 0 && text.p;
    }
    buf_str(&s->b, named ? " carries " : " carry ");
}

static void add_users_clause(struct story *s, struct by_user *u, i128 whole)
{
    const char *its = s->r->n_by ? "its " : "";
    int64_t users, half;
    bool nameless;

    for (size_t d = 0; d < s->r->n_by; d++)
        if (strcmp(s->r->table->by[d], "user") == 0)
            return;    /* the group is one */
    if (s->r->by_tags) /* what a user paid for a part of a call is not known */
        return;
    count_users(u, whole, &users, &half, &nameless);
    if (!users) {
        buf_str(&s->b, "; no user is known");
    } else if (!half) {
        buf_str(&s->b, "; most of it comes from calls without a user");
    } else if (users == 1) {
        buf_str(&s->b,
                nameless ? "; most of it comes from one user" : "; all of it comes from one user");
    } else {
        buf_printf(&s->b, "; half of it comes from %" PRId64 " of %s", half, its);
        number_count(&s->b, users);
        buf_str(&s->b, " users");
    }
}

/* What makes the sentence less sure than it sounds. */
static void add_caution(struct story *s)
{
    int64_t calls = sums_n(&s->r->sums, T_CALLS, s->group);

    if (s->r->before && sums_n(&s->r->sums_before, T_CALLS, s->group) > calls)
        calls = sums_n(&s->r->sums_before, T_CALLS, s->group);
    if (calls < FEW_CALLS)
        buf_printf(&s->b, "; that is only %" PRId64 " call%s", calls, plural(calls));
    if (s->unpriced)
        buf_printf(&s->b, "; %" PRId64 " call%s without a price may change that", s->unpriced,
                   plural(s->unpriced));
    buf_char(&s->b, '.');
}

/* ---- the sentence --------------------------------------------------------------------------- */

/* The group with most cost, or most of the change; of several the first by name. */
static void choose_group(struct story *s)
{
    const struct ranking *k = &s->r->ranking;
    i128 whole = s->r->before ? change_of(s, s->total) : cost_of(s, s->total), most = 0;
    struct arena *arena = &s->r->table->arena;
    bool found = false;

    s->group = s->total;
    for (uint32_t i = 0; s->r->n_by && i < k->groups; i++) {
        i128 part = s->r->before ? change_of(s, k->order[i]) : cost_of(s, k->order[i]);

        part = whole < 0 ? -part : part;
        if (!found || part > most ||
            (part == most && joined_compare(&s->r->groups, k->order[i], s->group, arena) < 0)) {
            s->group = k->order[i];
            most = part;
            found = true;
        }
    }
}

static void tell_cost(struct story *s, struct by_user *u)
{
    const char *known = s->unpriced ? "known " : "";
    i128 all = cost_of(s, s->total), part = cost_of(s, s->group);

    if (s->group == s->total) {
        buf_printf(&s->b, "the %scost is ", known);
        number_money(&s->b, all);
    } else {
        add_subject(s);
        add_percent(&s->b, part, all);
        buf_printf(&s->b, " of the %scost (", known);
        number_money(&s->b, part);
        buf_str(&s->b, " of ");
        number_money(&s->b, all);
        buf_str(&s->b, ") in ");
        add_percent(&s->b, sums_n(&s->r->sums, T_CALLS, s->group),
                    sums_n(&s->r->sums, T_CALLS, s->total));
        buf_str(&s->b, " of the calls");
    }
    add_users_clause(s, u, part);
    add_caution(s);
}

static void tell_change(struct story *s, struct by_user *u)
{
    i128 all = change_of(s, s->total), part = change_of(s, s->group);
    i128 before = sums_sum(&s->r->sums_before, T_COST, s->total);
    const char *word = all > 0 ? "rise" : "fall";

    buf_printf(&s->b, "the %scost %s by ", s->unpriced ? "known " : "", all > 0 ? "rose" : "fell");
    number_money(&s->b, all < 0 ? -all : all);
    if (before > 0) {
        buf_str(&s->b, all > 0 ? " (+" : " (");
        add_percent(&s->b, all, before);
        buf_char(&s->b, ')');
    }
    buf_str(&s->b, " from ");
    number_money(&s->b, before);
    buf_str(&s->b, " to ");
    number_money(&s->b, cost_of(s, s->total));
    if (s->group != s->total) {
        bool beyond = all > 0 ? part > all : part < all;

        buf_str(&s->b, "; ");
        add_subject(s);
        if (beyond) {
            buf_str(&s->b, "more than all of it (");
            number_money(&s->b, part);
            buf_printf(&s->b, "), against the %s of others", all > 0 ? "fall" : "rise");
        } else {
            add_percent(&s->b, part, all);
            buf_printf(&s->b, " of the %s (", word);
            number_money(&s->b, part);
            buf_char(&s->b, ')');
        }
    }
    add_users_clause(s, u, part);
    add_caution(s);
}

/* Nothing to be carried by anybody; false when there is. */
static bool tell_nothing(struct story *s)
{
    const struct run *r = s->r;
    int64_t calls = sums_n(&r->sums, T_CALLS, s->total);
    int64_t before = r->before ? sums_n(&r->sums_before, T_CALLS, s->total) : 0;

    if (!calls && !before)
        buf_str(&s->b, "there are no calls.");
    else if ((calls && !sums_n(&r->sums, T_COST, s->total)) ||
             (before && !sums_n(&r->sums_before, T_COST, s->total)))
        buf_str(&s->b, r->before ? "of one of the windows no cost is known." : "no cost is known.");
    else if (r->before ? change_of(s, s->total) == 0 : cost_of(s, s->total) <= 0)
        buf_str(&s->b, r->before ? "the cost did not change." : "nothing was paid.");
    else
        return false;
    return true;
}

static bool is_part(const struct places *p, uint32_t of_scan, uint32_t group)
{
    for (uint32_t i = p->start[of_scan]; i < p->start[of_scan + 1]; i++)
        if (p->list[i] == group)
            return true;
    return false;
}

static enum err tell(struct story *s, struct error *err)
{
    struct run *r = s->r;
    struct by_user u = {0};
    enum err rc = open_users(&u, r, err);

    if (!rc && s->group == s->total) /* without groups each scan has one at most, number 0 */
        rc = walk_users(&u, r, 0, 1, err);
    else if (!rc && !r->by_tags && s->group < r->groups.n_now)
        rc = walk_users(&u, r, s->group, 1, err);
    for (uint32_t g = 0; !rc && r->before && !r->by_tags && g < scan_groups(r->before->scan); g++)
        if (s->group == s->total || is_part(&r->groups.of_before, g, s->group))
            rc = walk_users(&u, r->before, g, -1, err);
    if (!rc && r->before)
        tell_change(s, &u);
    else if (!rc)
        tell_cost(s, &u);
    release_users(&u);
    return rc;
}

enum err run_narrate(struct run *r, struct error *err)
{
    struct story s = {.r = r, .total = r->groups.n + 1};
    enum err rc = OK;

    s.unpriced = sums_n(&r->sums, T_UNPRICED, s.total);
    if (r->before)
        s.unpriced += sums_n(&r->sums_before, T_UNPRICED, s.total);
    if (!tell_nothing(&s)) {
        choose_group(&s);
        rc = tell(&s, err);
    }
    if (!rc && !s.b.failed)
        r->table->narrative = arena_copy(&r->table->arena, (struct sv){s.b.p, s.b.n + 1}).p;
    buf_release(&s.b);
    return rc ? rc : r->table->narrative ? OK : run_no_memory(err);
}
