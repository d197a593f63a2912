/* slo: see the header. The document is written anew as one of rules, so there is one reader of
 * these. */
#include "alert/slo.h"

#include <inttypes.h>
#include "base/buf.h"
#include "json/document.h"
#include "base/banned.h"

enum { SLOS_MAX = 100 };

/* NAME + suffix, the windows and the burn rate above which it fires. */
static const struct burn {
    const char *suffix, *severity, *window, *and_window;
    double rate;
} burns[] = {
    {".fast", "P1", "1h", "5m",  14.4},
    {".slow", "P2", "6h", "30m", 6   },
    {"",      "P1", NULL, NULL,  1   },
};

/* An objective as the file has it. */
struct slo {
    const char *name, *good, *window;
    double objective;
    const struct cJSON *where; /* NULL: none */
};

static enum err wrong(const char *file, size_t i, const char *key, const char *text,
                      struct error *err)
{
    error_set(err, ERR_PARSE, "/slos/%zu/%s: %s", i, key, text);
    return error_at(err, file, 0);
}

static enum err read_slo(const struct cJSON *from, const char *file, size_t i, struct slo *out,
                         struct error *err)
{
    static const char *const keys[] = {"name", "good", "window", "objective", "where"};
    const struct metric share = {.unit = UNIT_RATE};
    const char *texts[3];
    const struct cJSON *objective = document_get(from, "objective");
    int64_t window;

    for (const struct cJSON *m = document_first(from); m; m = document_next(m)) {
        size_t k = 0;

        while (document_key(m) && k < ARRAY_LEN(keys) && strcmp(keys[k], document_key(m)) != 0)
            k++;
        if (k == ARRAY_LEN(keys))
            return wrong(file, i, document_key(m), "unknown key", err);
    }
    for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
        const struct cJSON *v = document_get(from, keys[k]);

        texts[k] = document_type(v) == JSON_STRING ? document_text(v) : NULL;
        if (!texts[k] || !*texts[k])
            return wrong(file, i, keys[k], "expected a text", err);
    }
    if ((document_type(objective) != JSON_STRING && document_type(objective) != JSON_NUMBER) ||
        !metric_number(&share, sv_from(document_text(objective)), &out->objective) ||
        !(out->objective > 0) || !(out->objective < 1))
        return wrong(file, i, "objective", "expected a share like \"99.5%\", below 100 %", err);
    if (!rule_read_duration(texts[2], &window) || !window)
        return wrong(file, i, "window", "expected a time like 7d or 30d, at most 400d", err);
    out->name = texts[0];
    out->good = texts[1];
    out->window = texts[2];
    out->where = document_get(from, "where");
    return OK;
}

static void add_text(struct buf *b, const char *key, const char *before, const char *text,
                     const char *behind)
{
    struct buf whole = {0};

    buf_str(&whole, before);
    buf_str(&whole, text);
    buf_str(&whole, behind);
    buf_printf(b, ", \"%s\": ", key);
    buf_json_string(b, (struct sv){whole.p ? whole.p : "", whole.n});
    b->failed |= whole.failed;
    buf_release(&whole);
}

static void add_where(struct buf *b, const struct cJSON *where)
{
    bool list = document_type(where) == JSON_ARRAY;

    if (!where)
        return;
    buf_str(b, ", \"where\": [");
    for (const struct cJSON *e = list ? document_first(where) : where; e;
         e = list ? document_next(e) : NULL) {
        buf_str(b, e == where || e == document_first(where) ? "" : ", ");
        buf_json_string(b, sv_from(document_type(e) == JSON_STRING ? document_text(e) : ""));
    }
    buf_char(b, ']');
}

static void add_rules(struct buf *b, const struct slo *slo)
{
    for (size_t i = 0; i < ARRAY_LEN(burns); i++) {
        const struct burn *burn = &burns[i];

        buf_str(b, b->n && b->p[b->n - 1] == '}' ? ",\n{" : "{");
        buf_printf(b, "\"op\": \"<\", \"value\": %.15g, \"severity\": \"%s\"",
                   1 - burn->rate * (1 - slo->objective), burn->severity);
        add_text(b, "name", "", slo->name, burn->suffix);
        add_text(b, "metric", "share:", slo->good, "");
        add_text(b, "window", "", burn->window ? burn->window : slo->window, "");
        if (burn->and_window)
            add_text(b, "and_window", "", burn->and_window, "");
        add_where(b, slo->where);
        buf_char(b, '}');
    }
}

static enum err write_rules(const struct cJSON *list, const char *file, struct buf *b,
                            double objectives[SLOS_MAX], struct error *err)
{
    size_t i = 0;
    enum err rc = OK;

    buf_str(b, "{\"rules\": [");
    for (const struct cJSON *e = document_first(list); e && !rc; e = document_next(e), i++) {
        struct slo slo;

        rc = read_slo(e, file, i, &slo, err);
        if (rc)
            return rc;
        objectives[i] = slo.objective;
        add_rules(b, &slo);
    }
    buf_str(b, "]}");
    return b->failed ? error_set(err, ERR_NOMEM, "out of memory for the objectives") : OK;
}

enum err slo_read(struct sv text, const char *file, struct arena *arena, struct rule_set *out,
                  struct error *err)
{
    double objectives[SLOS_MAX];
    struct cJSON *document = NULL;
    struct buf rules = {0};
    const struct cJSON *list;
    enum err rc = document_parse(text, file, &document, err);

    if (rc)
        return rc;
    list = document_get(document, "slos");
    if (document_type(list) != JSON_ARRAY || !document_size(list) ||
        document_size(list) > SLOS_MAX) {
        error_set(err, ERR_PARSE, "expected a list of 1 to %d \"slos\"", SLOS_MAX);
        rc = error_at(err, file, 0);
    }
    if (!rc)
        rc = write_rules(list, file, &rules, objectives, err);
    document_free(document);
    if (!rc)
        rc = rules_read((struct sv){rules.p, rules.n}, file, arena, out, err);
    for (size_t i = 0; !rc && i < out->n; i++)
        out->rules[i].objective = objectives[i / ARRAY_LEN(burns)];
    buf_release(&rules);
    return rc;
}
