/* Stored answers of a store that is written here: which are checked, and whose word counts then. */
#include "query/format_checks.h"

#include <criterion/criterion.h>

#include <math.h>
#include "json/json_schema.h"
#include "store/writer.h"

static struct identity of_request(const char *id)
{
    return (struct identity){.kind = ID_OWN, .family = SV("request"), .own = sv_from(id)};
}

static void add_call(struct batch *b, const char *id, const char *session, const char *feature)
{
    struct call_record *c = batch_add_call(b);

    c->id = of_request(id);
    c->request_id = sv_from(id);
    c->session_id = sv_from(session);
    record_set_dim(c, F_FEATURE, sv_from(feature));
    c->source = 1;
}

static void add_text(struct batch *b, const char *id, enum text_side side, const char *text,
                     bool cut, bool redacted)
{
    static const struct redaction email = {.kind = SV_INIT("email"), .n = 1};
    struct text_record *t = batch_add_text(b);

    t->call = of_request(id);
    t->side = side;
    t->text = sv_from(text);
    t->cut = cut;
    t->redacted = redacted;
    t->redactions = &email;
    t->n_redactions = redacted;
    t->source = 1;
}

static void add_score(struct batch *b, const char *id, const char *name, const char *call,
                      const char *session, double value)
{
    struct score_record *s = batch_add_score(b);

    s->id = (struct identity){.kind = ID_OWN, .family = SV("score"), .own = sv_from(id)};
    s->target = call ? TARGET_CALL : TARGET_SESSION;
    s->call = call ? of_request(call) : (struct identity){.kind = ID_LINE};
    s->target_id = sv_from(session);
    s->name = sv_from(name);
    s->scorer = SV("log");
    s->value = (struct maybe_f64){value, true};
    s->source = 1;
}

static struct store *answers(void)
{
    const struct source_state source = {.id = 1, .path = "log", .lineage = 1, .complete = true};
    struct store *s = NULL;
    struct writer *w = NULL;
    struct batch b = {0};
    struct error err;

    add_call(&b, "good", "s1", "x");
    add_call(&b, "bad", "s2", "x");
    add_call(&b, "cut", "s2", "x");
    add_call(&b, "redacted", "s2", "x");
    add_call(&b, "silent", "s1", "x");
    add_call(&b, "slow", "s2", "x");
    add_call(&b, "elsewhere", "s2", "y");
    add_text(&b, "good", TEXT_OUTPUT, "[1]", false, false);
    add_text(&b, "good", TEXT_INPUT, "no JSON", false, false);
    add_text(&b, "bad", TEXT_OUTPUT, "[\"x\"]", false, false);
    add_text(&b, "cut", TEXT_OUTPUT, "[", true, false);
    add_text(&b, "redacted", TEXT_OUTPUT, "[email]", false, true);
    add_text(&b, "silent", TEXT_INPUT, "[1]", false, false);
    add_text(&b, "slow", TEXT_OUTPUT, "[[[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"]]]", false,
             0);
    add_text(&b, "elsewhere", TEXT_OUTPUT, "null", false, false);
    add_score(&b, "1", "json_valid", "bad", NULL, 1);
    add_score(&b, "2", "quality", "bad", NULL, 0.5);
    add_score(&b, "3", "json_valid", "cut", NULL, 1);
    add_score(&b, "4", "json_valid", "silent", NULL, 0);
    add_score(&b, "5", "json_valid", NULL, "s1", 0.25);
    cr_assert_eq(store_open(":memory:", STORE_WRITE, &s, &err), OK);
    cr_assert_eq(writer_open(s, 0, NULL, &w, &err), OK);
    cr_assert_eq(writer_add(w, &b, &source, 1, &err), OK, "%s", err.msg);
    cr_assert_eq(writer_finish(w, &err), OK);
    writer_close(w);
    batch_release(&b);
    return s;
}

static struct json_schema *schema(void)
{
    struct json_schema *s = NULL;

    cr_assert_eq(json_schema_compile(SV("{\"type\":\"array\",\"items\":{\"type\":[\"integer\","
                                        "\"array\"],\"items\":{\"items\":{\"pattern\":"
                                        "\"^(a+)+$\"}}}}"),
                                     "s", &s, NULL),
                 OK);
    return s;
}

static bool mark(void *ctx, const struct slice *slice)
{
    call_scores_mark(ctx, slice);
    return true;
}

Test(format_checks, whose_word_counts)
{
    static const char *const where[] = {"feature=x"};
    static const struct zone utc = {.name = "UTC"};
    /* By call, then number: what the session says of the first and of the fifth call, too. */
    static const struct {
        uint32_t call;
        double value;
        bool checked;
    } want[] = {
        {0, 1,    true }, /* and not 0.25 */
        {1, 0,    true }, /* and not 1 */
        {2, 1,    false},
        {4, 0,    false},
        {4, 0.25, false},
    };
    struct store *s = answers();
    struct scan_spec spec = {.zone = &utc, .where = where, .n_where = 1, .jobs = 1};
    struct format_spec format = {schema(), "s"};
    struct format_checks checks = {0};
    struct call_scores c = {0};
    struct scan *scan = NULL;
    struct error err;

    cr_assert_eq(scan_open(s, &spec, &scan, &err), OK, "%s", err.msg);
    cr_assert_eq(call_scores_load(s, false, "s", &c, &err), OK, "%s", err.msg);
    cr_assert_eq(scan_walk(scan, COLUMN(F_STARTED_US), mark, &c, &err), OK);
    cr_assert_eq(format_checks_run(s, &format, &c, &checks, &err), OK, "%s", err.msg);
    cr_expect_eq(checks.checked, 2);
    cr_expect_eq(checks.changed, 2);
    cr_expect_eq(checks.undecided, 1);
    cr_expect(strstr(checks.why.msg, "it tries too many ways"), "%s", checks.why.msg);
    cr_assert_eq(c.n, 1, "the second one's quality: %zu", c.n);
    cr_expect_eq(call_score_value(c.v[0]), 0.5);
    cr_assert_eq(c.n_others, ARRAY_LEN(want), "%zu", c.n_others);
    for (size_t i = 0; i < c.n_others; i++) {
        const struct other_score *o = &c.others[i];

        cr_expect_eq(o->call, want[i].call, "%zu: %u", i, o->call);
        cr_expect_eq(o->value, want[i].value, "%zu: %g", i, o->value);
        cr_expect_eq(c.kinds[o->kind].checked, want[i].checked, "%zu", i);
    }
    cr_assert_eq(checks.n, 1);
    cr_expect_eq(format_checks_find(&checks, 1), checks.failures);
    cr_expect_null(format_checks_find(&checks, 0));
    cr_expect_str_eq(checks.failures->keyword, "type");
    cr_expect(sv_is(checks.failures->pointer, "/0"));
    format_checks_release(&checks);
    call_scores_release(&c);
    scan_close(scan);
    json_schema_free(format.schema);
    store_close(s);
}

Test(format_checks, scan)
{
    static const struct zone utc = {.name = "UTC"};
    const struct scan_spec spec = {.zone = &utc, .jobs = 2};
    struct format_spec format = {schema(), "s"};
    struct format_checks checks = {0};
    struct store *s = answers();
    struct error err;

    cr_assert_eq(format_checks_scan(s, &spec, &format, &checks, &err), OK, "%s", err.msg);
    cr_expect_eq(checks.checked, 3);
    cr_assert_eq(checks.n, 2);
    cr_expect_eq(checks.failures[1].call, 6);
    cr_expect_str_eq(checks.failures[1].keyword, "type");
    cr_expect(checks.failures[1].pointer.p && !checks.failures[1].pointer.n);
    format_checks_release(&checks);
    json_schema_free(format.schema);
    store_close(s);
}
