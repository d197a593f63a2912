/* json_schema_check: a text against a compiled schema. */
#include "json/json_schema.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "json/json_pointer.h"
#include "json/schema_nodes.h"
#include "regex/regex.h"

#include "base/banned.h"

/* What a text may cost: a schema that says the same of a value again and again, each time one level
 * deeper, would take for ever. */
enum { STEPS_MIN = 1000000, STEPS_PER_VALUE = 200, STEPS_PER_BYTE = 4, BYTES_PER_STEP = 64 };

/* The way from the text's root to a value, upwards. */
struct step {
    const struct step *up;
    struct sv name; /* SV_NONE: an element */
    size_t element;
};

struct checking {
    struct json_schema *s;
    const struct json_doc *d; /* of the text */
    uint64_t steps, most_steps;
    unsigned depth;
    unsigned trying; /* schemas around that may fail without a fault of the text */
    struct json_schema_fault *fault;
    enum err rc; /* what stopped it */
    struct error *err;
};

/* ---- why not ------------------------------------------------------------------------------ */

static bool stop(struct checking *c, enum err rc, const char *why)
{
    if (!c->rc)
        c->rc = error_set(c->err, rc, "%s", why);
    return false;
}

static bool no_memory(struct checking *c)
{
    return stop(c, ERR_NOMEM, "out of memory for checking a text");
}

/* False when there were too many. */
static bool spend(struct checking *c, uint64_t steps)
{
    c->steps += steps;
    return c->steps <= c->most_steps ||
           stop(c, ERR_RANGE, "given up: the schema takes too many steps for this text");
}

static void write_pointer(struct buf *out, const struct step *at)
{
    if (!at)
        return;
    write_pointer(out, at->up); /* as deep as the check itself */
    if (at->name.p)
        json_pointer_add_step(out, at->name);
    else
        buf_printf(out, "/%zu", at->element);
}

/* The first one counts. Returns false. */
static bool fails(struct checking *c, const char *keyword, const struct step *at)
{
    struct buf *out = &c->s->pointer;

    if (c->trying || c->fault->keyword || c->rc)
        return false;
    buf_reset(out);
    buf_str(out, "");
    write_pointer(out, at);
    if (out->failed)
        return no_memory(c);
    c->fault->keyword = keyword;
    c->fault->pointer = (struct sv){out->p, out->n};
    return false;
}

/* ---- values ------------------------------------------------------------------------------- */

/* Decoded until the next call; .p is NULL when it stopped. */
static struct sv text_of(struct checking *c, const struct json_doc *d, json_ref at)
{
    struct sv text = json_raw(d, at);

    if (!spend(c, text.n / BYTES_PER_STEP))
        return SV_NONE;
    if (!d->tokens[at].escaped)
        return text;
    arena_reset(&c->s->strings);
    text = json_text(d, at, &c->s->strings);
    if (!text.p)
        no_memory(c);
    return text;
}

static bool equal(struct checking *c, const struct json_doc *d, json_ref a,
                  const struct json_doc *e, json_ref b);

/* The value of the key in an object that has the same as `key` of the text; JSON_END. */
static json_ref member_like(struct checking *c, const struct json_doc *d, json_ref key,
                            const struct json_doc *e, json_ref object)
{
    for (json_ref k = json_first(e, object); k != JSON_END; k = json_next(e, object, k + 1))
        if (equal(c, d, key, e, k))
            return k + 1;
    return JSON_END;
}

static bool equal_objects(struct checking *c, const struct json_doc *d, json_ref a,
                          const struct json_doc *e, json_ref b)
{
    json_ref k = json_first(d, a), m = json_first(e, b), other;

    while (k != JSON_END && m != JSON_END) {
        k = json_next(d, a, k + 1);
        m = json_next(e, b, m + 1);
    }
    if (k != m)
        return false;
    for (k = json_first(d, a); k != JSON_END; k = json_next(d, a, k + 1)) {
        other = member_like(c, d, k, e, b);
        if (other == JSON_END || !equal(c, d, k + 1, e, other))
            return false;
    }
    return true;
}

static bool equal_arrays(struct checking *c, const struct json_doc *d, json_ref a,
                         const struct json_doc *e, json_ref b)
{
    json_ref v = json_first(d, a), w = json_first(e, b);

    while (v != JSON_END && w != JSON_END) {
        if (!equal(c, d, v, e, w))
            return false;
        v = json_next(d, a, v);
        w = json_next(e, b, w);
    }
    return v == w;
}

static bool equal_texts(struct checking *c, const struct json_doc *d, json_ref a,
                        const struct json_doc *e, json_ref b)
{
    struct arena texts = {0};
    struct sv x, y;
    bool same;

    if (!d->tokens[a].escaped && !e->tokens[b].escaped)
        return sv_eq(json_raw(d, a), json_raw(e, b));
    x = json_text(d, a, &texts);
    y = json_text(e, b, &texts);
    same = sv_eq(x, y);
    if (!x.p || !y.p)
        same = no_memory(c);
    arena_release(&texts);
    return same;
}

/* Equal as values: numbers by what they are, objects whatever the order of their keys. */
static bool equal(struct checking *c, const struct json_doc *d, json_ref a,
                  const struct json_doc *e, json_ref b)
{
    enum json_type type = json_type(d, a);
    bool same = false;

    if (type != json_type(e, b) || !spend(c, 1))
        return false;
    if (c->depth == JSON_SCHEMA_MAX_DEPTH)
        return stop(c, ERR_RANGE, "nested too deeply to be checked");
    c->depth++;
    if (type == JSON_NUMBER) {
        struct json_number x = json_number_of(json_raw(d, a)), y = json_number_of(json_raw(e, b));

        same = json_number_compare(&x, &y) == 0;
    } else if (type == JSON_STRING) {
        same = equal_texts(c, d, a, e, b);
    } else if (type == JSON_ARRAY) {
        same = equal_arrays(c, d, a, e, b);
    } else {
        same = type != JSON_OBJECT || equal_objects(c, d, a, e, b);
    }
    c->depth--;
    return same && !c->rc;
}

/* Equal for equal values. */
static uint64_t hash_of(struct checking *c, json_ref at)
{
    const struct json_doc *d = c->d;
    enum json_type type = json_type(d, at);
    struct json_number number;
    struct sv text;
    uint64_t h = type;

    if (!spend(c, 1))
        return 0;
    if (type == JSON_NUMBER) {
        number = json_number_of(json_raw(d, at));
        return json_number_hash(&number);
    }
    if (type == JSON_STRING) {
        text = text_of(c, d, at);
        return hash64(text.p, text.n, h);
    }
    if (c->depth == JSON_SCHEMA_MAX_DEPTH) {
        stop(c, ERR_RANGE, "nested too deeply to be checked");
        return 0;
    }
    c->depth++;
    for (json_ref v = json_first(d, at); v != JSON_END && !c->rc; v = json_next(d, at, v)) {
        uint64_t one = hash_of(c, v);

        if (type == JSON_OBJECT)
            h += hash_mix(one ^ hash_mix(hash_of(c, ++v))); /* in any order */
        else
            h = hash_mix(h ^ one);
    }
    c->depth--;
    return hash_mix(h);
}

/* ---- any value, numbers and texts ----------------------------------------------------------- */

static bool has_type(const struct checking *c, unsigned types, json_ref v)
{
    enum json_type type = json_type(c->d, v);
    struct json_number n;

    if (!types || types & SCHEMA_TYPE(type))
        return true;
    if (type != JSON_NUMBER || !(types & SCHEMA_WHOLE))
        return false;
    n = json_number_of(json_raw(c->d, v));
    return json_number_is_whole(&n);
}

static bool is_listed(struct checking *c, json_ref list, json_ref v)
{
    const struct json_doc *e = &c->s->doc;

    for (json_ref one = json_first(e, list); one != JSON_END; one = json_next(e, list, one))
        if (spend(c, 1) && equal(c, c->d, v, e, one))
            return true;
    return false;
}

static bool number_holds(struct checking *c, const struct schema_numbers *s, json_ref v,
                         const struct step *at)
{
    static const char *const names[BOUNDS] = {"minimum", "maximum", "exclusiveMinimum",
                                              "exclusiveMaximum", "multipleOf"};
    struct json_number n = json_number_of(json_raw(c->d, v));

    for (int i = 0; i < BOUNDS; i++) {
        int d = s->has[i] ? json_number_compare(&n, &s->bound[i]) : 0;
        bool holds = !s->has[i] || (i == BOUND_MIN     ? d >= 0
                                    : i == BOUND_MAX   ? d <= 0
                                    : i == BOUND_ABOVE ? d > 0
                                    : i == BOUND_BELOW ? d < 0
                                                       : json_number_is_multiple(&n, &s->bound[i]));

        if (!holds)
            return fails(c, names[i], at);
    }
    return true;
}

static bool fits(struct checking *c, struct regex *re, struct sv text)
{
    bool matches = false;
    enum err rc = text.p ? regex_matches(re, text, &matches, c->err) : c->rc;

    if (rc && !c->rc)
        c->rc = rc;
    return matches;
}

static bool string_holds(struct checking *c, const struct schema_strings *s, json_ref v,
                         const struct step *at)
{
    struct sv text = text_of(c, c->d, v);
    int64_t chars = utf8_chars(text.p, text.n);

    if (!text.p)
        return false;
    if (chars < s->min)
        return fails(c, "minLength", at);
    if (chars > s->max)
        return fails(c, "maxLength", at);
    return !s->pattern || fits(c, s->pattern, text) || fails(c, "pattern", at);
}

/* ---- values in values ----------------------------------------------------------------------- */

static bool holds(struct checking *c, const struct schema_node *n, json_ref v,
                  const struct step *at);

/* A schema that refuses everything is a fault of the keyword that it stands under. */
static bool inner_holds(struct checking *c, const struct schema_node *n, json_ref v,
                        const char *keyword, const struct step *at)
{
    if (!n)
        return true;
    return n->refuses ? fails(c, keyword, at) : holds(c, n, v, at);
}

/* Without a fault. */
static bool would_hold(struct checking *c, const struct schema_node *n, json_ref v,
                       const struct step *at)
{
    bool out;

    c->trying++;
    out = holds(c, n, v, at);
    c->trying--;
    return out && !c->rc;
}

/* ---- arrays --------------------------------------------------------------------------------- */

struct hashed {
    uint64_t hash;
    json_ref at;
};

static int by_hash(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Equal values lie behind each other, among those of the same hash. */
static bool all_differ(struct checking *c, const struct hashed *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n && v[k].hash == v[i].hash; k++)
            if (equal(c, c->d, v[i].at, c->d, v[k].at))
                return false;
    return !c->rc;
}

static bool elements_differ(struct checking *c, json_ref array, size_t n)
{
    struct hashed *v = malloc((n + 1) * sizeof(*v));
    size_t i = 0;
    bool out;

    if (!v)
        return no_memory(c);
    for (json_ref x = json_first(c->d, array); x != JSON_END; x = json_next(c->d, array, x))
        v[i++] = (struct hashed){hash_of(c, x), x};
    if (n)
        qsort(v, n, sizeof(*v), by_hash);
    out = all_differ(c, v, n);
    free(v);
    return out;
}

static bool count_holds(struct checking *c, int64_t n, int64_t min, int64_t max, const char *least,
                        const char *most, const struct step *at)
{
    return n < min ? fails(c, least, at) : n > max ? fails(c, most, at) : true;
}

static bool contains_holds(struct checking *c, const struct schema_elements *s, json_ref array,
                           const struct step *at)
{
    int64_t found = 0;

    for (json_ref v = json_first(c->d, array); v != JSON_END && !c->rc;
         v = json_next(c->d, array, v))
        found += would_hold(c, s->contains, v, NULL);
    if (c->rc)
        return false;
    return count_holds(c, found, s->min_contains, s->max_contains,
                       s->min_contains == 1 ? "contains" : "minContains", "maxContains", at);
}

static bool elements_hold(struct checking *c, const struct schema_elements *s, json_ref array,
                          const struct step *at)
{
    size_t n = 0;
    struct step step = {.up = at};

    for (json_ref v = json_first(c->d, array); v != JSON_END; v = json_next(c->d, array, v))
        n++;
    if (!count_holds(c, (int64_t)n, s->min, s->max, "minItems", "maxItems", at))
        return false;
    for (json_ref v = json_first(c->d, array); v != JSON_END;
         v = json_next(c->d, array, v), step.element++) {
        bool first = step.element < s->prefix.n;

        if (!inner_holds(c, first ? s->prefix.v[step.element] : s->items, v,
                         first ? "prefixItems" : "items", &step))
            return false;
    }
    if (s->contains && !contains_holds(c, s, array, at))
        return false;
    return !s->unique || elements_differ(c, array, n) || fails(c, "uniqueItems", at);
}

/* ---- objects -------------------------------------------------------------------------------- */

static const struct schema_name *find_name(const struct schema_members *m, struct sv key)
{
    size_t low = 0, high = m->n_names;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = sv_cmp(m->names[middle].text, key);

        if (!order)
            return &m->names[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Marks the names of an object's keys in *seen, which is the caller's to give back: n_seen. */
static bool mark_names(struct checking *c, const struct schema_members *m, json_ref object,
                       size_t *first, int64_t *n)
{
    struct json_schema *s = c->s;

    *first = s->n_seen;
    if (s->cap_seen - s->n_seen < m->n_names) {
        size_t cap = 2 * s->cap_seen + m->n_names;
        unsigned char *bigger = realloc(s->seen, cap);

        if (!bigger)
            return no_memory(c);
        s->seen = bigger;
        s->cap_seen = cap;
    }
    if (m->n_names)
        memset(s->seen + s->n_seen, 0, m->n_names);
    s->n_seen += m->n_names;
    for (json_ref k = json_first(c->d, object); k != JSON_END; k = json_next(c->d, object, k + 1)) {
        struct sv key = text_of(c, c->d, k);
        const struct schema_name *name = key.p ? find_name(m, key) : NULL;

        ++*n;
        if (name)
            s->seen[*first + (size_t)(name - m->names)] = 1;
    }
    return spend(c, m->n_names / 64 + (uint64_t)*n);
}

/* A name is missing: it would stand there. */
static bool lacks(struct checking *c, const struct schema_name *name, const char *keyword,
                  const struct step *at)
{
    const struct step step = {.up = at, .name = name->text};

    return fails(c, keyword, &step);
}

static bool names_hold(struct checking *c, const struct schema_members *m, size_t first,
                       const struct step *at)
{
    for (size_t i = 0; m->required && i < m->n_names; i++)
        if (m->names[i].required && !c->s->seen[first + i])
            return lacks(c, &m->names[i], "required", at);
    for (size_t i = 0; i < m->n_dependents; i++) {
        const struct schema_dependent *d = &m->dependents[i];

        for (size_t k = 0; k < d->n_needs && c->s->seen[first + d->name]; k++)
            if (!c->s->seen[first + d->needs[k]])
                return lacks(c, &m->names[d->needs[k]], "dependentRequired", at);
    }
    return true;
}

static bool member_holds(struct checking *c, const struct schema_members *m, json_ref key,
                         const struct step *at)
{
    struct sv text = text_of(c, c->d, key);
    const struct schema_name *name = text.p ? find_name(m, text) : NULL;
    const struct step step = {.up = at, .name = name ? name->text : SV("*")};
    bool known = name && name->node;

    if (!text.p)
        return false;
    if (m->keys && !would_hold(c, m->keys, key, NULL))
        return fails(c, "propertyNames", &step);
    if (known && !inner_holds(c, name->node, key + 1, "properties", &step))
        return false;
    for (size_t i = 0; i < m->n_patterns; i++) {
        if (!spend(c, 1) || !fits(c, m->patterns[i].re, text_of(c, c->d, key))) {
            if (c->rc)
                return false;
            continue;
        }
        known = true;
        if (!inner_holds(c, m->patterns[i].node, key + 1, "patternProperties", &step))
            return false;
    }
    return known || inner_holds(c, m->additional, key + 1, "additionalProperties", &step);
}

static bool all_members_hold(struct checking *c, const struct schema_members *m, json_ref object,
                             size_t first, const struct step *at)
{
    for (json_ref k = json_first(c->d, object); k != JSON_END; k = json_next(c->d, object, k + 1))
        if (!member_holds(c, m, k, at))
            return false;
    for (size_t i = 0; i < m->n_dependents; i++)
        if (c->s->seen[first + m->dependents[i].name] &&
            !inner_holds(c, m->dependents[i].node, object, "dependentSchemas", at))
            return false;
    return true;
}

static bool members_hold(struct checking *c, const struct schema_members *m, json_ref object,
                         const struct step *at)
{
    int64_t n = 0;
    size_t first = 0;
    bool out = mark_names(c, m, object, &first, &n) && names_hold(c, m, first, at) &&
               count_holds(c, n, m->min, m->max, "minProperties", "maxProperties", at) &&
               all_members_hold(c, m, object, first, at);

    c->s->n_seen = first;
    return out;
}

/* ---- schemas together ----------------------------------------------------------------------- */

static size_t how_many_hold(struct checking *c, const struct schema_list *list, size_t enough,
                            json_ref v)
{
    size_t n = 0;

    for (size_t i = 0; i < list->n && n < enough && !c->rc; i++)
        n += would_hold(c, list->v[i], v, NULL);
    return n;
}

static bool together_hold(struct checking *c, const struct schema_node *n, json_ref v,
                          const struct step *at)
{
    if (n->ref && !inner_holds(c, n->ref, v, "$ref", at))
        return false;
    for (size_t i = 0; i < n->all.n; i++)
        if (!inner_holds(c, n->all.v[i], v, "allOf", at))
            return false;
    if (n->any.n && how_many_hold(c, &n->any, 1, v) == 0)
        return fails(c, "anyOf", at);
    if (n->one.n && how_many_hold(c, &n->one, 2, v) != 1)
        return fails(c, "oneOf", at);
    if (n->not &&would_hold(c, n->not, v, NULL))
        return fails(c, "not", at);
    if (!n->condition || c->rc)
        return !c->rc;
    return would_hold(c, n->condition, v, NULL) ? inner_holds(c, n->then, v, "then", at)
                                                : inner_holds(c, n->otherwise, v, "else", at);
}

static bool value_holds(struct checking *c, const struct schema_node *n, json_ref v,
                        const struct step *at)
{
    enum json_type type = json_type(c->d, v);

    if (n->refuses)
        return fails(c, "false", at);
    if (!has_type(c, n->types, v))
        return fails(c, "type", at);
    if (n->enumerated != JSON_END && !is_listed(c, n->enumerated, v))
        return fails(c, "enum", at);
    if (n->constant != JSON_END && !equal(c, c->d, v, &c->s->doc, n->constant))
        return fails(c, "const", at);
    if (n->numbers && type == JSON_NUMBER && !number_holds(c, n->numbers, v, at))
        return false;
    if (n->strings && type == JSON_STRING && !string_holds(c, n->strings, v, at))
        return false;
    if (n->elements && type == JSON_ARRAY && !elements_hold(c, n->elements, v, at))
        return false;
    if (n->members && type == JSON_OBJECT && !members_hold(c, n->members, v, at))
        return false;
    return together_hold(c, n, v, at);
}

/* Recursion on the text's and the schema's depth ends at JSON_SCHEMA_MAX_DEPTH. */
static bool holds(struct checking *c, const struct schema_node *n, json_ref v,
                  const struct step *at)
{
    bool out;

    if (c->rc || !spend(c, 1))
        return false;
    if (c->depth == JSON_SCHEMA_MAX_DEPTH)
        return stop(c, ERR_RANGE, "nested too deeply to be checked");
    c->depth++;
    out = value_holds(c, n, v, at);
    c->depth--;
    return out && !c->rc;
}

/* ---- a text --------------------------------------------------------------------------------- */

static bool has_nan(const struct json_doc *d)
{
    for (uint32_t i = 0; i < d->n; i++)
        if (d->tokens[i].type == JSON_NAN)
            return true;
    return false;
}

static const char *word_for(struct sv text, const struct json_doc *d)
{
    text = sv_trim(text);
    if (sv_starts(text, "```"))
        return "code fence";
    return text.n && json_cut_off(d) ? "cut off" : "not JSON";
}

enum err json_schema_check(struct json_schema *s, struct sv text, struct json_schema_fault *fault,
                           struct error *err)
{
    struct checking c = {.s = s, .d = &s->text, .fault = fault, .err = err};
    enum err rc = json_parse(&s->text, text.n ? text.p : "", text.n, err);

    *fault = (struct json_schema_fault){0};
    if (rc == ERR_PARSE)
        fault->keyword = word_for(text, &s->text);
    else if (!rc && has_nan(&s->text))
        fault->keyword = "not JSON";
    if (rc || fault->keyword)
        return rc == ERR_PARSE ? OK : rc;
    c.most_steps =
        STEPS_MIN + STEPS_PER_VALUE * (uint64_t)s->text.n + STEPS_PER_BYTE * (uint64_t)text.n;
    s->n_seen = 0;
    if (!holds(&c, s->root, 0, NULL))
        assert(c.rc || fault->keyword);
    if (c.rc)
        fault->keyword = NULL;
    return c.rc;
}
