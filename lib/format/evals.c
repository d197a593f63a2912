/* evals: what the results of evaluation tools have in common: scores that belong to a case. */
#include "format/evals.h"
#include "record/checks.h"

#include <stdio.h>

#include "record/privacy.h"

#include "base/banned.h"

struct sv join_ids(const struct reading *r, const struct sv *parts, size_t n)
{
    size_t size = n, at = 0;
    struct sv kept;
    char *text = NULL;

    for (size_t i = 0; i < n; i++)
        size += parts[i].n;
    text = keep_room(r, size);
    if (!text)
        return SV_NONE;
    for (size_t i = 0; i < n; i++) {
        if (i)
            text[at++] = '/';
        if (parts[i].n)
            memcpy(text + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    kept = privacy_id((struct sv){text, at}, &r->c->out->arena);
    if (!kept.p)
        r->c->out->failed = true;
    return kept;
}

struct sv case_id(const struct reading *r, const struct case_key *key)
{
    const struct sv parts[] = {key->task, key->sample, key->filter, key->epoch};

    return join_ids(r, parts, ARRAY_LEN(parts));
}

struct score_record *add_case_score(const struct reading *r, const struct identity *result,
                                    struct sv case_id, struct sv name)
{
    struct score_record *s = add_call_score(r, result, name, name, SV("eval"));

    if (!s)
        return NULL;
    s->target = TARGET_CASE;
    s->target_id = case_id;
    s->call = (struct identity){.kind = ID_LINE};
    return s;
}

struct sv case_cluster(const struct reading *r, const struct json_doc *d, json_ref object)
{
    static const char *const inside[] = {"metadata", "vars", "testCase", "doc"};
    const char *key = r->c->cluster_key;
    json_ref at = JSON_END;

    if (!key || json_type(d, object) != JSON_OBJECT)
        return SV_NONE;
    at = json_get(d, object, key);
    for (size_t i = 0; i < ARRAY_LEN(inside) && at == JSON_END; i++)
        at = json_get(d, json_get(d, object, inside[i]), key);
    if (at == JSON_END)
        at = json_path(d, object, "testCase", "metadata", key, NULL);
    return scalar_id(r, d, at);
}

struct maybe_f64 score_value(const struct reading *r, const struct json_doc *d, json_ref at)
{
    struct maybe_f64 out = {0, false};
    struct error nobody = {0};
    struct sv no_field = SV_NONE;
    const struct reading quiet = {r->c, &no_field, &nobody};

    if (!scalar_number(&quiet, (struct place){d, "score", at}, &out))
        return (struct maybe_f64){0, false};
    return out;
}

void score_set_verdict(struct score_record *s, struct maybe_i64 verdict)
{
    s->passed = verdict;
    s->value = (struct maybe_f64){(double)verdict.v, verdict.known};
}

struct maybe_i64 score_verdict(const struct reading *r, json_ref at)
{
    static const char *const words[][2] = {
        {"pass",     "1"}, {"passed",   "1"}, {"fail",      "0"}, {"failed", "0"},
        {"yes",      "1"}, {"no",       "0"}, {"good",      "1"}, {"bad",    "0"},
        {"up",       "1"}, {"down",     "0"}, {"thumbs_up", "1"}, {"thumbs_down", "0"},
        {"thumbsup", "1"}, {"thumbsdown", "0"}, {"positive", "1"}, {"negative", "0"},
        {"like",     "1"}, {"dislike",  "0"}, {"\xF0\x9F\x91\x8D", "1"}, {"\xF0\x9F\x91\x8E", "0"},
        {"escalated", "0"}, {"escalation", "0"},
    };
    struct sv text = scalar_text(r, r->c->doc, at);

    for (size_t i = 0; i < ARRAY_LEN(words) && text.n; i++)
        if (sv_eq_nocase(text, sv_from(words[i][0])))
            return (struct maybe_i64){*words[i][1] == '1', true};
    return scalar_bool(r->c->doc, at);
}

void score_read(const struct reading *r, struct score_record *s, json_ref at)
{
    struct maybe_f64 value = {0, false};
    struct maybe_i64 verdict;

    if (scalar_missing(r->c->doc, at))
        return;
    value = score_value(r, r->c->doc, at);
    if (value.known && check_is_thumb(s->name) &&
        (value.v == -1 || value.v == 0 || value.v == 1)) {
        score_set_verdict(s, (struct maybe_i64){value.v > 0, true});
        return;
    }
    if (value.known) {
        s->value = value;
        return;
    }
    verdict = score_verdict(r, at);
    if (verdict.known)
        score_set_verdict(s, verdict);
}

static struct sv model_at(const struct reading *r, const struct json_doc *d, json_ref at)
{
    if (json_type(d, at) == JSON_OBJECT)
        at = json_get(d, at, "model");
    return json_type(d, at) == JSON_STRING ? scalar_id(r, d, at) : SV_NONE;
}

struct sv judge_model(const struct reading *r, const struct json_doc *d, json_ref object)
{
    static const char *const names[] = {"judge_model",      "grader_model",    "evaluator_model",
                                        "evaluation_model", "evaluationModel", "judge"};
    const json_ref objects[] = {object, json_get(d, object, "metadata")};

    for (size_t o = 0; o < ARRAY_LEN(objects); o++)
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
            struct sv model = model_at(r, d, json_get(d, objects[o], names[i]));

            if (model.n)
                return model;
        }
    return SV_NONE;
}

void score_set_judge(struct score_record *s, struct sv model)
{
    if (!model.n || (s->scorer.n && !sv_is(s->scorer, "judge") && !sv_is(s->scorer, "eval") &&
                     !sv_is(s->scorer, "api")))
        return;
    s->scorer = SV("judge");
    s->judge_model = model;
}

struct sv value_digest(const struct reading *r, const struct json_doc *d, json_ref at)
{
    struct sha256 h;
    unsigned char digest[32];
    char *hex = NULL;

    if (scalar_missing(d, at))
        return SV_NONE;
    hex = keep_room(r, 2 * 8 + 1);
    if (!hex)
        return SV_NONE;
    sha256_init(&h);
    for (json_ref i = at; i < d->tokens[at].next; i++) {
        const struct json_token *t = &d->tokens[i];
        bool container = t->type == JSON_ARRAY || t->type == JSON_OBJECT;
        /* of a container its size in values, so that what is inside cannot be taken for a sibling
         */
        uint32_t size = container ? t->next - i : t->length;
        const unsigned char head[] = {t->type, (unsigned char)size, (unsigned char)(size >> 8),
                                      (unsigned char)(size >> 16), (unsigned char)(size >> 24)};

        sha256_add(&h, head, sizeof(head));
        if (!container)
            sha256_add(&h, d->text + t->start, t->length);
    }
    sha256_final(&h, digest);
    hex_encode(digest, 8, hex);
    return (struct sv){hex, 16};
}

struct sv number_id(const struct reading *r, uint64_t v)
{
    char *text = keep_room(r, 24);

    return text ? (struct sv){text, (size_t)snprintf(text, 24, "%llu", (unsigned long long)v)}
                : SV_NONE;
}
