/* alert_state: see the header. */
#include "alert/alert_state.h"

#include <inttypes.h>
#include "base/buf.h"
#include "base/time_text.h"
#include "json/document.h"
#include "base/banned.h"

enum { STATE_VERSION = 1, ALERTS_MAX = 10000 };

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the alerts");
}

static bool same(struct sv a, struct sv b)
{
    return !a.p == !b.p && (!a.p || sv_eq(a, b));
}

static struct alert *find(const struct alert_state *s, struct sv rule, struct sv group)
{
    for (size_t i = 0; i < s->n; i++)
        if (sv_eq(s->v[i].rule, rule) && same(s->v[i].group, group))
            return &s->v[i];
    return NULL;
}

static struct alert *add(struct alert_state *s, struct arena *a)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 16;
        struct alert *v = arena_zalloc(a, cap, sizeof(*v));

        if (!v)
            return NULL;
        if (s->n)
            memcpy(v, s->v, s->n * sizeof(*v));
        s->v = v;
        s->cap = cap;
    }
    s->v[s->n] = (struct alert){.told_us = 0};
    return &s->v[s->n++];
}

/* ---- the file ----------------------------------------------------------------------------- */

static enum err broken(const char *file, const char *what, struct error *err)
{
    return error_set(err, ERR_PARSE,
                     "%s: %s; this is no state of llmobs check (take it away to begin anew)", file,
                     what);
}

/* A whole number of an alert; 0 when there is none. */
static bool number(const struct cJSON *alert, const char *key, int64_t most, int64_t *out)
{
    const struct cJSON *v = document_get(alert, key);

    *out = 0;
    if (!v)
        return true;
    return document_type(v) == JSON_NUMBER && !decimal_exact(sv_from(document_text(v)), 0, out) &&
           *out >= 0 && *out <= most;
}

static enum err read_alert(const struct cJSON *from, const char *file, struct arena *a,
                           struct alert_state *s, struct error *err)
{
    const struct cJSON *rule = document_get(from, "rule"), *group = document_get(from, "group");
    enum json_type firing = document_type(document_get(from, "firing"));
    struct alert *alert = add(s, a);
    int64_t calm;

    if (!alert)
        return no_memory(err);
    if (document_type(rule) != JSON_STRING || (firing != JSON_TRUE && firing != JSON_FALSE))
        return broken(file, "expected a \"rule\" and whether it is \"firing\"", err);
    if (group && document_type(group) != JSON_STRING && document_type(group) != JSON_NULL)
        return broken(file, "expected a text in \"group\"", err);
    if (!number(from, "calm", HYSTERESIS_CALM, &calm) ||
        !number(from, "since_us", INT64_MAX / 2, &alert->since_us) ||
        !number(from, "told_us", INT64_MAX / 2, &alert->told_us))
        return broken(file, "expected whole numbers in \"calm\", \"since_us\" and \"told_us\"",
                      err);
    alert->course = (struct hysteresis){firing == JSON_TRUE, (int)calm};
    alert->rule = arena_copy(a, sv_from(document_text(rule)));
    if (document_type(group) == JSON_STRING)
        alert->group = arena_copy(a, sv_from(document_text(group)));
    return alert->rule.p ? OK : no_memory(err);
}

enum err alert_state_read(struct sv text, const char *file, struct arena *a,
                          struct alert_state *out, struct error *err)
{
    struct alert_state s = {.n = 0};
    struct cJSON *document = NULL;
    const struct cJSON *list, *version;
    enum err rc = OK;

    *out = s;
    if (!sv_trim(text).n)
        return OK;
    rc = document_parse(text, file, &document, err);
    if (rc)
        return rc;
    list = document_get(document, "alerts");
    version = document_get(document, "state_version");
    if (document_type(version) != JSON_NUMBER || !sv_is(sv_from(document_text(version)), "1"))
        rc = broken(file, "expected \"state_version\": 1", err);
    else if (document_type(list) != JSON_ARRAY || document_size(list) > ALERTS_MAX)
        rc = broken(file, "expected a list of \"alerts\"", err);
    for (const struct cJSON *e = rc ? NULL : document_first(list); e && !rc; e = document_next(e))
        rc = read_alert(e, file, a, &s, err);
    document_free(document);
    if (!rc)
        *out = s;
    return rc;
}

void alert_state_write(const struct alert_state *s, struct buf *out)
{
    size_t written = 0;

    buf_printf(out, "{\n  \"state_version\": %d,\n  \"alerts\": [", STATE_VERSION);
    for (size_t i = 0; i < s->n && written < ALERTS_MAX; i++) {
        const struct alert *a = &s->v[i];

        buf_str(out, written++ ? ",\n    {\"rule\": " : "\n    {\"rule\": ");
        buf_json_string(out, a->rule);
        buf_str(out, ", \"group\": ");
        if (a->group.p)
            buf_json_string(out, a->group);
        else
            buf_str(out, "null");
        buf_printf(out,
                   ", \"firing\": %s, \"calm\": %d, \"since_us\": %" PRId64
                   ", \"told_us\": %" PRId64 "}",
                   a->course.firing ? "true" : "false", a->course.calm, a->since_us, a->told_us);
    }
    buf_str(out, written ? "\n  ]\n}\n" : "]\n}\n");
}

/* ---- the course of an alert --------------------------------------------------------------- */

bool alert_state_watches(const void *state, const struct rule *rule, struct sv group)
{
    const struct alert *a = find(state, sv_from(rule->name), group);

    return a && a->course.firing;
}

/* On the side of half of the excess where it is normal. */
static bool is_back(const struct verdict *v)
{
    const struct limits *l = &v->limits;
    double low = l->low, high = l->high;

    if (v->state != VERDICT_OK || !v->known)
        return false;
    if (l->has_normal) {
        low = hysteresis_level(l->low, l->normal);
        high = hysteresis_level(l->high, l->normal);
    }
    return !(l->has_high && v->value > high) && !(l->has_low && v->value < low);
}

static struct verdict *verdict_of(const struct verdicts *v, const struct alert *a)
{
    for (size_t i = 0; i < v->n; i++)
        if (sv_is(a->rule, v->v[i].rule->name) && same(v->v[i].group, a->group))
            return &v->v[i];
    return NULL;
}

/* A new alert, or one that goes on. */
static enum err note_firing(struct alert_state *s, struct verdict *v, int64_t now_us,
                            struct arena *arena, struct error *err)
{
    struct alert *a = find(s, sv_from(v->rule->name), v->group);
    bool begins = !a || !a->course.firing;
    int64_t cooldown = v->rule->cooldown_us;

    if (!a) {
        a = add(s, arena);
        if (!a)
            return no_memory(err);
        a->rule = sv_from(v->rule->name);
        a->group = v->group;
    }
    hysteresis_step(&a->course, true, false);
    if (begins || !a->since_us || (v->since_known && v->since_us < a->since_us))
        a->since_us = v->since_known ? v->since_us : now_us;
    v->since_known = true;
    v->since_us = a->since_us;
    a->tell = !a->told_us || a->told_us > now_us ||
              (begins ? now_us - a->told_us >= cooldown
                      : cooldown > 0 && now_us - a->told_us >= cooldown);
    if (a->tell)
        a->told_us = now_us;
    s->told |= a->tell;
    return OK;
}

/* One that fired before and is not beyond its limits now. */
static void note_calm(struct alert_state *s, struct alert *a, struct verdict *v)
{
    if (v && v->state == VERDICT_SUPPRESSED)
        return;
    if (hysteresis_step(&a->course, false, v && is_back(v))) {
        if (v && v->state == VERDICT_OK) {
            v->state = VERDICT_FIRING;
            v->since_known = true;
            v->since_us = a->since_us;
        }
        return;
    }
    a->resolved = a->tell = true;
    s->told = true;
}

/* What is forgotten: rules that are gone, and what is over when no cool-down runs. */
static bool is_gone(const struct alert *a, const struct rule_set *rules, int64_t now_us)
{
    for (size_t i = 0; i < rules->n; i++)
        if (sv_is(a->rule, rules->rules[i].name))
            return !a->course.firing && !a->resolved &&
                   now_us - a->told_us >= rules->rules[i].cooldown_us;
    return true;
}

enum err alert_state_update(struct alert_state *s, const struct rule_set *rules, int64_t now_us,
                            struct verdicts *v, struct arena *a, struct error *err)
{
    size_t before = s->n, kept = 0;
    enum err rc = OK;

    for (size_t i = 0; i < before; i++) {
        struct verdict *w = verdict_of(v, &s->v[i]);

        if (s->v[i].course.firing && (!w || w->state != VERDICT_FIRING))
            note_calm(s, &s->v[i], w);
        else if (w && w->state == VERDICT_FIRING)
            rc = note_firing(s, w, now_us, a, err);
    }
    for (size_t i = 0; i < v->n && !rc; i++)
        if (v->v[i].state == VERDICT_FIRING && !find(s, sv_from(v->v[i].rule->name), v->v[i].group))
            rc = note_firing(s, &v->v[i], now_us, a, err);
    for (size_t i = 0; i < s->n && !rc; i++)
        if (!is_gone(&s->v[i], rules, now_us))
            s->v[kept++] = s->v[i];
    s->n = rc ? s->n : kept;
    return rc;
}
