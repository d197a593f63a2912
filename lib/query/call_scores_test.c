/* Scores of calls, sessions and traces in a store that is written here: which calls they come to.
 */
#include <criterion/criterion.h>

#include <math.h>
#include "query/call_scores.h"
#include "store/writer.h"

static struct call_record *add_call(struct batch *b, const char *id, const char *session,
                                    const char *trace, const char *feature)
{
    struct call_record *c = batch_add_call(b);

    c->id = (struct identity){.kind = ID_OWN, .family = SV("request"), .own = sv_from(id)};
    c->request_id = sv_from(id);
    c->session_id = session ? sv_from(session) : SV_NONE;
    c->trace_id = trace ? sv_from(trace) : SV_NONE;
    record_set_dim(c, F_FEATURE, sv_from(feature));
    c->source = 1;
    return c;
}

static void add_score(struct batch *b, const char *id, enum score_target target, const char *of,
                      double value)
{
    struct score_record *s = batch_add_score(b);

    s->id = (struct identity){.kind = ID_OWN, .family = SV("score"), .own = sv_from(id)};
    s->target = target;
    s->call = target == TARGET_CALL
                  ? (struct identity){.kind = ID_OWN, .family = SV("request"), .own = sv_from(of)}
                  : (struct identity){.kind = ID_LINE};
    s->target_id = target == TARGET_CALL ? SV_NONE : sv_from(of);
    s->name = SV("toxicity");
    s->scorer = SV("judge");
    s->value = (struct maybe_f64){value, !isnan(value)};
    s->source = 1;
}

static struct store *scored_calls(void)
{
    const struct source_state source = {.id = 1, .path = "log", .lineage = 1, .complete = true};
    struct store *s = NULL;
    struct writer *w = NULL;
    struct batch b = {0};
    struct error err;

    add_call(&b, "a", "s1", "t1", "search");
    add_call(&b, "b", "s1", NULL, "support");
    add_call(&b, "c", "s2", "t1", "support");
    add_score(&b, "1", TARGET_CALL, "a", 0.25);
    add_score(&b, "2", TARGET_CALL, "nobody", 0.5);
    add_score(&b, "3", TARGET_SESSION, "s1", NAN);
    add_score(&b, "4", TARGET_SESSION, "s9", 1);
    add_score(&b, "5", TARGET_TRACE, "t1", 1);
    add_score(&b, "6", TARGET_CASE, "a", 1);
    cr_assert_eq(store_open(":memory:", STORE_WRITE, &s, &err), OK);
    cr_assert_eq(writer_open(s, 0, NULL, &w, &err), OK);
    cr_assert_eq(writer_add(w, &b, &source, 1, &err), OK, "%s", err.msg);
    cr_assert_eq(writer_finish(w, &err), OK);
    writer_close(w);
    batch_release(&b);
    return s;
}

static bool mark(void *ctx, const struct slice *slice)
{
    call_scores_mark(ctx, slice);
    return true;
}

/* How many marked scores are of value v (NaN: unreadable) and in the group of this feature. */
static int count(const struct call_scores *c, const struct scan *scan, const char *feature,
                 double v)
{
    struct arena a = {0};
    int n = 0;

    for (size_t i = 0; i < c->n + c->n_others; i++) {
        bool of_call = i < c->n;
        uint32_t group = of_call ? call_score_group(c->v[i]) : c->others[i - c->n].group;
        double value = of_call ? call_score_value(c->v[i]) : c->others[i - c->n].value;

        if (group == SCAN_OUT || (isnan(v) ? !isnan(value) : value != v))
            continue;
        n += sv_is(axis_text(scan_axis(scan, 0), scan_code(scan, group, 0), &a), feature);
    }
    arena_release(&a);
    return n;
}

Test(call_scores, come_to_the_groups_of_their_calls)
{
    static const char *const by[] = {"feature"};
    static const struct zone utc = {.name = "UTC"};
    struct store *s = scored_calls();
    struct scan_spec spec = {.by = by, .n_by = 1, .zone = &utc, .jobs = 1};
    struct call_scores c = {0};
    struct scan *scan = NULL;
    struct error err;

    cr_assert_eq(scan_open(s, &spec, &scan, &err), OK, "%s", err.msg);
    cr_assert_eq(call_scores_load(s, false, NULL, &c, &err), OK, "%s", err.msg);
    cr_assert_eq(scan_walk(scan, COLUMN(F_STARTED_US), mark, &c, &err), OK);
    cr_expect(c.n == 1 && c.n_others == 4,
              "of a call; two of a session's, two of a trace's: %zu %zu", c.n, c.n_others);
    cr_expect_eq(count(&c, scan, "search", 0.25), 1);
    cr_expect_eq(count(&c, scan, "support", 0.25), 0);
    cr_expect_eq(count(&c, scan, "search", NAN), 1);
    cr_expect_eq(count(&c, scan, "support", NAN), 1);
    cr_expect_eq(count(&c, scan, "search", 1), 1);
    cr_expect_eq(count(&c, scan, "support", 1), 1);
    cr_expect(c.kinds[0].check == CHECK_TOXICITY && c.kinds[0].weight == 1 &&
              c.kinds[0].passed == -1);
    cr_expect_eq(c.n_kinds, 1, "they are alike: %zu", c.n_kinds);
    call_scores_release(&c);
    scan_close(scan);
    store_close(s);
}
