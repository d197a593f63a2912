/* json_schema_compile: a schema's keywords, checked and brought into the form that texts are
 * checked with. */
#include "json/json_schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/suggest.h"
#include "json/document.h"
#include "json/json_pointer.h"
#include "json/schema_nodes.h"
#include "regex/regex.h"

#include "base/banned.h"

/* ---- keywords ----------------------------------------------------------------------------- */

/* clang-format off */
enum keyword {
    K_TYPE, K_ENUM, K_CONST, K_ALL_OF, K_ANY_OF, K_ONE_OF, K_NOT, K_IF, K_THEN, K_ELSE,
    K_PROPERTIES, K_PATTERN_PROPERTIES, K_ADDITIONAL_PROPERTIES, K_PROPERTY_NAMES, K_REQUIRED,
    K_MIN_PROPERTIES, K_MAX_PROPERTIES, K_DEPENDENT_REQUIRED, K_DEPENDENT_SCHEMAS, K_ITEMS,
    K_PREFIX_ITEMS, K_CONTAINS, K_MIN_CONTAINS, K_MAX_CONTAINS, K_MIN_ITEMS, K_MAX_ITEMS,
    K_UNIQUE_ITEMS, K_MINIMUM, K_MAXIMUM, K_EXCLUSIVE_MINIMUM, K_EXCLUSIVE_MAXIMUM, K_MULTIPLE_OF,
    K_MIN_LENGTH, K_MAX_LENGTH, K_PATTERN, K_REF, K_ANCHOR, K_SCHEMA, K_ID, K_DEFS, K_DEFINITIONS,
    K_JUDGED, /* how many matter */
    K_TAKEN = K_JUDGED + 12, /* with annotations */
    K_KNOWN = K_TAKEN + 9,
};

static const char *const keywords[K_KNOWN + 1] = {
    [K_TYPE] = "type", [K_ENUM] = "enum", [K_CONST] = "const", [K_ALL_OF] = "allOf",
    [K_ANY_OF] = "anyOf", [K_ONE_OF] = "oneOf", [K_NOT] = "not", [K_IF] = "if", [K_THEN] = "then",
    [K_ELSE] = "else", [K_PROPERTIES] = "properties", [K_PATTERN_PROPERTIES] = "patternProperties",
    [K_ADDITIONAL_PROPERTIES] = "additionalProperties", [K_PROPERTY_NAMES] = "propertyNames",
    [K_REQUIRED] = "required", [K_MIN_PROPERTIES] = "minProperties",
    [K_MAX_PROPERTIES] = "maxProperties", [K_DEPENDENT_REQUIRED] = "dependentRequired",
    [K_DEPENDENT_SCHEMAS] = "dependentSchemas", [K_ITEMS] = "items",
    [K_PREFIX_ITEMS] = "prefixItems", [K_CONTAINS] = "contains", [K_MIN_CONTAINS] = "minContains",
    [K_MAX_CONTAINS] = "maxContains", [K_MIN_ITEMS] = "minItems", [K_MAX_ITEMS] = "maxItems",
    [K_UNIQUE_ITEMS] = "uniqueItems", [K_MINIMUM] = "minimum", [K_MAXIMUM] = "maximum",
    [K_EXCLUSIVE_MINIMUM] = "exclusiveMinimum", [K_EXCLUSIVE_MAXIMUM] = "exclusiveMaximum",
    [K_MULTIPLE_OF] = "multipleOf", [K_MIN_LENGTH] = "minLength", [K_MAX_LENGTH] = "maxLength",
    [K_PATTERN] = "pattern", [K_REF] = "$ref", [K_ANCHOR] = "$anchor", [K_SCHEMA] = "$schema",
    [K_ID] = "$id", [K_DEFS] = "$defs", [K_DEFINITIONS] = "definitions",
    /* Annotations. */
    "title", "description", "default", "examples", "format", "$comment", "deprecated", "readOnly",
    "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
    /* What cannot be judged here. */
    "unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$dynamicAnchor", "$recursiveRef",
    "$recursiveAnchor", "$vocabulary", "dependencies", "additionalItems",
};
/* clang-format on */

struct reference {
    struct reference *next;
    struct schema_node *from;
    json_ref at;
};

struct anchor {
    struct sv name;
    json_ref at; /* the schema */
    json_ref name_at;
};

struct compiler {
    struct json_schema *s;
    const char *file;
    struct reference *references, **last_reference;
    struct anchor *anchors;
    size_t n_anchors, cap_anchors;
    struct error *err;
};

/* ---- what is wrong ------------------------------------------------------------------------ */

static enum err no_memory(const struct compiler *c)
{
    return error_set(c->err, ERR_NOMEM, "out of memory for a JSON Schema");
}

/* "FILE:7: /properties/a: ..." */
static enum err bad(const struct compiler *c, json_ref at, enum err rc, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static enum err bad(const struct compiler *c, json_ref at, enum err rc, const char *fmt, ...)
{
    const struct json_doc *d = &c->s->doc;
    struct buf pointer = {0};
    struct error e = {0};
    char message[sizeof(e.msg)];
    int64_t line = 1;
    va_list args;

    va_start(args, fmt);
    vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    json_pointer_write(d, at, &pointer);
    for (uint32_t i = 0; i < d->tokens[at].start; i++)
        line += d->text[i] == '\n';
    error_set(&e, rc, "%.*s%s%s", (int)pointer.n, pointer.n ? pointer.p : "", pointer.n ? ": " : "",
              message);
    error_at(&e, c->file, line);
    if (pointer.failed)
        rc = no_memory(c);
    else if (c->err)
        *c->err = e;
    buf_release(&pointer);
    return rc;
}

static enum err expected(const struct compiler *c, json_ref at, const char *what)
{
    struct sv raw = json_raw(&c->s->doc, at);
    int n = (int)(raw.n < 40 ? raw.n : 40);

    switch (json_type(&c->s->doc, at)) {
    case JSON_STRING:
        return bad(c, at, ERR_PARSE, "expected %s, found \"%.*s\"", what, n, raw.p);
    case JSON_OBJECT:
        return bad(c, at, ERR_PARSE, "expected %s, found an object", what);
    case JSON_ARRAY:
        return bad(c, at, ERR_PARSE, "expected %s, found an array", what);
    default:
        return bad(c, at, ERR_PARSE, "expected %s, found %.*s", what, n, raw.p);
    }
}

/* ---- values ------------------------------------------------------------------------------- */

static enum json_type type_at(const struct compiler *c, json_ref at)
{
    return json_type(&c->s->doc, at);
}

static bool is_text(const struct compiler *c, json_ref at, const char *text)
{
    return type_at(c, at) == JSON_STRING && sv_is(json_raw(&c->s->doc, at), text);
}

/* Decoded, for as long as the schema lives. */
static enum err read_text(const struct compiler *c, json_ref at, struct sv *out)
{
    if (type_at(c, at) != JSON_STRING)
        return expected(c, at, "a text");
    *out = json_text(&c->s->doc, at, &c->s->arena);
    return out->p ? OK : no_memory(c);
}

static enum err read_number(const struct compiler *c, json_ref at, struct json_number *out)
{
    if (type_at(c, at) != JSON_NUMBER)
        return expected(c, at, "a number");
    *out = json_number_of(json_raw(&c->s->doc, at));
    return OK;
}

/* Of a keyword that may be missing. */
static enum err read_count(const struct compiler *c, json_ref at, int64_t *out)
{
    struct json_number n;

    if (at == JSON_END)
        return OK;
    if (type_at(c, at) == JSON_NUMBER) {
        n = json_number_of(json_raw(&c->s->doc, at));
        if (json_number_count(&n, out))
            return OK;
    }
    return expected(c, at, "a whole number from 0 on");
}

static enum err read_pattern(const struct compiler *c, json_ref at, struct regex **out)
{
    struct json_schema *s = c->s;
    struct error inner = {0};
    struct sv text;
    enum err rc = read_text(c, at, &text);

    if (rc)
        return rc;
    if (s->n_patterns == JSON_SCHEMA_MAX_PATTERNS)
        return bad(c, at, ERR_RANGE, "more than %d patterns", JSON_SCHEMA_MAX_PATTERNS);
    rc = regex_open(text, REGEX_SCRIPT, out, &inner);
    if (rc)
        return bad(c, at, rc, "%s", inner.msg);
    s->patterns[s->n_patterns++] = *out;
    return OK;
}

static size_t count_of(const struct compiler *c, json_ref container)
{
    const struct json_doc *d = &c->s->doc;
    size_t n = 0;

    for (json_ref v = json_first(d, container); v != JSON_END; v = json_next(d, container, v))
        n++;
    return type_at(c, container) == JSON_OBJECT ? n / 2 : n;
}

/* First value in a container, and the one behind it; of an object without the keys. */
static json_ref first_value(const struct compiler *c, json_ref container)
{
    json_ref v = json_first(&c->s->doc, container);

    return v != JSON_END && type_at(c, container) == JSON_OBJECT ? v + 1 : v;
}

static json_ref next_value(const struct compiler *c, json_ref container, json_ref value)
{
    json_ref v = json_next(&c->s->doc, container, value);

    return v != JSON_END && type_at(c, container) == JSON_OBJECT ? v + 1 : v;
}

static void *room(const struct compiler *c, size_t n, size_t size)
{
    return arena_zalloc(&c->s->arena, n ? n : 1, size);
}

/* ---- schemas in schemas ------------------------------------------------------------------- */

static enum err compile(struct compiler *c, json_ref at, const struct schema_node **out);

/* Of a keyword that may be missing; *out stays NULL then. */
static enum err compile_if_there(struct compiler *c, json_ref at, const struct schema_node **out)
{
    return at == JSON_END ? OK : compile(c, at, out);
}

static enum err compile_list(struct compiler *c, json_ref list, struct schema_list *out)
{
    enum err rc = OK;

    if (list == JSON_END)
        return OK;
    if (type_at(c, list) != JSON_ARRAY || json_first(&c->s->doc, list) == JSON_END)
        return expected(c, list, "a list of schemas, one at least");
    out->v = room(c, count_of(c, list), sizeof(*out->v));
    if (!out->v)
        return no_memory(c);
    for (json_ref v = first_value(c, list); v != JSON_END && !rc; v = next_value(c, list, v))
        rc = compile(c, v, &out->v[out->n++]);
    return rc;
}

static enum err expect_object(const struct compiler *c, json_ref at, const char *what)
{
    return type_at(c, at) == JSON_OBJECT ? OK : expected(c, at, what);
}

/* Definitions are looked at, too, whether something leads to them or not. */
static enum err compile_definitions(struct compiler *c, json_ref all)
{
    const struct schema_node *node;
    enum err rc = all == JSON_END ? OK : expect_object(c, all, "an object of schemas");

    for (json_ref v = first_value(c, all); v != JSON_END && !rc; v = next_value(c, all, v))
        rc = compile(c, v, &node);
    return rc;
}

/* ---- any value ---------------------------------------------------------------------------- */

static const struct {
    const char *name;
    unsigned types;
} types[] = {
    {"null",    SCHEMA_TYPE(JSON_NULL)                          },
    {"boolean", SCHEMA_TYPE(JSON_FALSE) | SCHEMA_TYPE(JSON_TRUE)},
    {"integer", SCHEMA_WHOLE                                    },
    {"number",  SCHEMA_TYPE(JSON_NUMBER)                        },
    {"string",  SCHEMA_TYPE(JSON_STRING)                        },
    {"array",   SCHEMA_TYPE(JSON_ARRAY)                         },
    {"object",  SCHEMA_TYPE(JSON_OBJECT)                        },
};

static enum err add_type(const struct compiler *c, json_ref at, unsigned *out)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (is_text(c, at, types[i].name)) {
            *out |= types[i].types;
            return OK;
        }
    return expected(c, at, "null, boolean, integer, number, string, array or object");
}

static enum err read_types(const struct compiler *c, json_ref at, unsigned *out)
{
    enum err rc = OK;

    if (at == JSON_END)
        return OK;
    if (type_at(c, at) != JSON_ARRAY)
        return add_type(c, at, out);
    if (json_first(&c->s->doc, at) == JSON_END)
        return expected(c, at, "one type at least");
    for (json_ref v = first_value(c, at); v != JSON_END && !rc; v = next_value(c, at, v))
        rc = add_type(c, v, out);
    return rc;
}

/* ---- numbers and texts --------------------------------------------------------------------- */

static enum err read_multiple(const struct compiler *c, json_ref at, const struct json_number *n)
{
    if (!n->n || n->negative)
        return expected(c, at, "a number above 0");
    if (n->n > JSON_DIVISOR_DIGITS)
        return bad(c, at, ERR_RANGE, "at most %d digits are possible here", JSON_DIVISOR_DIGITS);
    return OK;
}

static enum err read_numbers(struct compiler *c, const json_ref k[K_JUDGED],
                             struct schema_node *node)
{
    static const enum keyword of[BOUNDS] = {[BOUND_MIN] = K_MINIMUM,
                                            [BOUND_MAX] = K_MAXIMUM,
                                            [BOUND_ABOVE] = K_EXCLUSIVE_MINIMUM,
                                            [BOUND_BELOW] = K_EXCLUSIVE_MAXIMUM,
                                            [BOUND_MULTIPLE] = K_MULTIPLE_OF};
    struct schema_numbers numbers = {0}, *kept;
    bool any = false;
    enum err rc = OK;

    for (int i = 0; i < BOUNDS && !rc; i++) {
        if (k[of[i]] == JSON_END)
            continue;
        any = numbers.has[i] = true;
        rc = read_number(c, k[of[i]], &numbers.bound[i]);
        if (!rc && i == BOUND_MULTIPLE)
            rc = read_multiple(c, k[of[i]], &numbers.bound[i]);
    }
    if (rc || !any)
        return rc;
    node->numbers = kept = room(c, 1, sizeof(*kept));
    if (!kept)
        return no_memory(c);
    *kept = numbers;
    return OK;
}

static enum err read_strings(struct compiler *c, const json_ref k[K_JUDGED],
                             struct schema_node *node)
{
    struct schema_strings *strings;
    enum err rc;

    if (k[K_MIN_LENGTH] == JSON_END && k[K_MAX_LENGTH] == JSON_END && k[K_PATTERN] == JSON_END)
        return OK;
    node->strings = strings = room(c, 1, sizeof(*strings));
    if (!strings)
        return no_memory(c);
    strings->max = INT64_MAX;
    rc = read_count(c, k[K_MIN_LENGTH], &strings->min);
    if (!rc)
        rc = read_count(c, k[K_MAX_LENGTH], &strings->max);
    return rc || k[K_PATTERN] == JSON_END ? rc : read_pattern(c, k[K_PATTERN], &strings->pattern);
}

/* ---- arrays ------------------------------------------------------------------------------- */

static enum err read_elements(struct compiler *c, const json_ref k[K_JUDGED],
                              struct schema_node *node)
{
    static const enum keyword of[] = {K_PREFIX_ITEMS, K_ITEMS,     K_CONTAINS,  K_MIN_CONTAINS,
                                      K_MAX_CONTAINS, K_MIN_ITEMS, K_MAX_ITEMS, K_UNIQUE_ITEMS};
    struct schema_elements *e;
    bool any = false;
    enum err rc;

    for (size_t i = 0; i < ARRAY_LEN(of); i++)
        any |= k[of[i]] != JSON_END;
    if (!any)
        return OK;
    node->elements = e = room(c, 1, sizeof(*e));
    if (!e)
        return no_memory(c);
    e->max = e->max_contains = INT64_MAX;
    e->min_contains = 1;
    rc = compile_list(c, k[K_PREFIX_ITEMS], &e->prefix);
    if (!rc)
        rc = compile_if_there(c, k[K_ITEMS], &e->items);
    if (!rc)
        rc = compile_if_there(c, k[K_CONTAINS], &e->contains);
    if (!rc)
        rc = read_count(c, k[K_MIN_CONTAINS], &e->min_contains);
    if (!rc)
        rc = read_count(c, k[K_MAX_CONTAINS], &e->max_contains);
    if (!rc)
        rc = read_count(c, k[K_MIN_ITEMS], &e->min);
    if (!rc)
        rc = read_count(c, k[K_MAX_ITEMS], &e->max);
    if (rc || k[K_UNIQUE_ITEMS] == JSON_END)
        return rc;
    e->unique = type_at(c, k[K_UNIQUE_ITEMS]) == JSON_TRUE;
    return e->unique || type_at(c, k[K_UNIQUE_ITEMS]) == JSON_FALSE
               ? OK
               : expected(c, k[K_UNIQUE_ITEMS], "true or false");
}

/* ---- objects ------------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b)
{
    const struct schema_name *x = a, *y = b;

    return sv_cmp(x->text, y->text);
}

/* Of a text that is among them. */
static size_t find_name(const struct schema_members *m, struct sv text)
{
    struct schema_name key = {.text = text};
    const struct schema_name *found = bsearch(&key, m->names, m->n_names, sizeof(key), by_text);

    return (size_t)(found - m->names);
}

/* The texts of a list as names. */
static enum err add_texts(const struct compiler *c, json_ref list, bool required,
                          struct schema_members *m)
{
    enum err rc = OK;

    if (type_at(c, list) != JSON_ARRAY)
        return expected(c, list, "a list of names");
    for (json_ref v = first_value(c, list); v != JSON_END && !rc; v = next_value(c, list, v)) {
        struct schema_name *name = &m->names[m->n_names++];

        name->required = required;
        rc = read_text(c, v, &name->text);
    }
    return rc;
}

/* The keys of an object as names. */
static enum err add_keys(struct compiler *c, json_ref object, bool schemas,
                         struct schema_members *m)
{
    enum err rc = OK;

    for (json_ref v = first_value(c, object); v != JSON_END && !rc; v = next_value(c, object, v)) {
        struct schema_name *name = &m->names[m->n_names++];

        rc = read_text(c, v - 1, &name->text);
        if (!rc && schemas)
            rc = compile(c, v, &name->node);
    }
    return rc;
}

/* One for each text. */
static void unite_names(struct schema_members *m)
{
    size_t kept = 0;

    if (m->n_names)
        qsort(m->names, m->n_names, sizeof(*m->names), by_text);
    for (size_t i = 0; i < m->n_names; i++) {
        if (!kept || !sv_eq(m->names[kept - 1].text, m->names[i].text)) {
            m->names[kept++] = m->names[i];
            continue;
        }
        m->names[kept - 1].required |= m->names[i].required;
        if (m->names[i].node)
            m->names[kept - 1].node = m->names[i].node;
    }
    m->n_names = kept;
}

static enum err add_names(struct compiler *c, const json_ref k[K_JUDGED], struct schema_members *m)
{
    json_ref needs = k[K_DEPENDENT_REQUIRED];
    size_t n = count_of(c, k[K_PROPERTIES]) + count_of(c, k[K_REQUIRED]) +
               count_of(c, k[K_DEPENDENT_SCHEMAS]) + count_of(c, needs);
    enum err rc = OK;

    for (json_ref v = first_value(c, needs); v != JSON_END; v = next_value(c, needs, v))
        n += count_of(c, v);
    m->names = room(c, n, sizeof(*m->names));
    if (!m->names)
        return no_memory(c);
    rc = add_keys(c, k[K_PROPERTIES], true, m);
    if (!rc && k[K_REQUIRED] != JSON_END)
        rc = add_texts(c, k[K_REQUIRED], true, m);
    if (!rc)
        rc = add_keys(c, k[K_DEPENDENT_SCHEMAS], false, m);
    if (!rc)
        rc = add_keys(c, needs, false, m);
    for (json_ref v = first_value(c, needs); v != JSON_END && !rc; v = next_value(c, needs, v))
        rc = add_texts(c, v, false, m);
    unite_names(m);
    for (size_t i = 0; i < m->n_names; i++)
        m->required |= m->names[i].required;
    return rc;
}

static enum err read_needs(const struct compiler *c, const struct schema_members *m, json_ref list,
                           struct schema_dependent *out)
{
    enum err rc = OK;

    out->needs = room(c, count_of(c, list), sizeof(*out->needs));
    if (!out->needs)
        return no_memory(c);
    for (json_ref v = first_value(c, list); v != JSON_END && !rc; v = next_value(c, list, v)) {
        struct sv text;

        rc = read_text(c, v, &text);
        if (!rc)
            out->needs[out->n_needs++] = find_name(m, text);
    }
    return rc;
}

/* After add_names(). */
static enum err read_dependents(struct compiler *c, const json_ref k[K_JUDGED],
                                struct schema_members *m)
{
    const json_ref of[] = {k[K_DEPENDENT_REQUIRED], k[K_DEPENDENT_SCHEMAS]};
    enum err rc = OK;

    m->dependents = room(c, count_of(c, of[0]) + count_of(c, of[1]), sizeof(*m->dependents));
    if (!m->dependents)
        return no_memory(c);
    for (size_t i = 0; i < ARRAY_LEN(of); i++)
        for (json_ref v = first_value(c, of[i]); v != JSON_END && !rc;
             v = next_value(c, of[i], v)) {
            struct schema_dependent *out = &m->dependents[m->n_dependents++];
            struct sv text;

            rc = read_text(c, v - 1, &text);
            if (rc)
                break;
            out->name = find_name(m, text);
            rc = i ? compile(c, v, &out->node) : read_needs(c, m, v, out);
        }
    return rc;
}

static enum err read_patterns(struct compiler *c, json_ref all, struct schema_members *m)
{
    enum err rc = OK;

    m->patterns = room(c, count_of(c, all), sizeof(*m->patterns));
    if (!m->patterns)
        return no_memory(c);
    for (json_ref v = first_value(c, all); v != JSON_END && !rc; v = next_value(c, all, v)) {
        rc = read_pattern(c, v - 1, &m->patterns[m->n_patterns].re); /* its key */
        if (!rc)
            rc = compile(c, v, &m->patterns[m->n_patterns++].node);
    }
    return rc;
}

static enum err read_members(struct compiler *c, const json_ref k[K_JUDGED],
                             struct schema_node *node)
{
    static const enum keyword maps[] = {K_PROPERTIES, K_PATTERN_PROPERTIES, K_DEPENDENT_REQUIRED,
                                        K_DEPENDENT_SCHEMAS};
    struct schema_members *m;
    bool any = false;
    enum err rc = OK;

    for (int i = K_PROPERTIES; i <= K_DEPENDENT_SCHEMAS; i++)
        any |= k[i] != JSON_END;
    for (size_t i = 0; i < ARRAY_LEN(maps) && !rc; i++)
        if (k[maps[i]] != JSON_END)
            rc = expect_object(c, k[maps[i]], "an object");
    if (rc || !any)
        return rc;
    node->members = m = room(c, 1, sizeof(*m));
    if (!m)
        return no_memory(c);
    m->max = INT64_MAX;
    rc = add_names(c, k, m);
    if (!rc)
        rc = read_dependents(c, k, m);
    if (!rc)
        rc = read_patterns(c, k[K_PATTERN_PROPERTIES], m);
    if (!rc)
        rc = compile_if_there(c, k[K_ADDITIONAL_PROPERTIES], &m->additional);
    if (!rc)
        rc = compile_if_there(c, k[K_PROPERTY_NAMES], &m->keys);
    if (!rc)
        rc = read_count(c, k[K_MIN_PROPERTIES], &m->min);
    return rc ? rc : read_count(c, k[K_MAX_PROPERTIES], &m->max);
}

/* ---- references --------------------------------------------------------------------------- */

static bool is_name(struct sv s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool letter =
            (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || s.p[i] == '_';
        bool other = (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-' || s.p[i] == '.';

        if (!letter && !(i && other))
            return false;
    }
    return s.n > 0;
}

static enum err add_anchor(struct compiler *c, json_ref name, json_ref at)
{
    struct sv text;
    enum err rc = read_text(c, name, &text);

    if (!rc && !is_name(text))
        rc = expected(c, name, "a name of letters, digits, '-', '_' and '.'");
    if (!rc && c->n_anchors == c->cap_anchors) {
        size_t cap = c->cap_anchors ? 2 * c->cap_anchors : 16;
        struct anchor *bigger = realloc(c->anchors, cap * sizeof(*bigger));

        if (!bigger)
            return no_memory(c);
        c->anchors = bigger;
        c->cap_anchors = cap;
    }
    if (!rc)
        c->anchors[c->n_anchors++] = (struct anchor){text, at, name};
    return rc;
}

static int by_name(const void *a, const void *b)
{
    const struct anchor *x = a, *y = b;

    return sv_cmp(x->name, y->name);
}

static enum err sort_anchors(struct compiler *c)
{
    if (c->n_anchors)
        qsort(c->anchors, c->n_anchors, sizeof(*c->anchors), by_name);
    for (size_t i = 1; i < c->n_anchors; i++)
        if (by_name(&c->anchors[i - 1], &c->anchors[i]) == 0)
            return bad(c, c->anchors[i].name_at, ERR_PARSE, "there is another one of that name");
    return OK;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A fragment of a URI without its percent signs. SV_NONE: it is none. */
static struct sv decode_fragment(const struct compiler *c, struct sv text)
{
    char *out = room(c, text.n, 1);
    size_t n = 0;

    for (size_t i = 0; out && i < text.n; i++) {
        int high = -1, low = -1;

        if (text.p[i] != '%') {
            out[n++] = text.p[i];
            continue;
        }
        if (i + 2 < text.n) {
            high = hex_digit(text.p[i + 1]);
            low = hex_digit(text.p[i + 2]);
        }
        if (high < 0 || low < 0)
            return SV_NONE;
        out[n++] = (char)(16 * high + low);
        i += 2;
    }
    return out ? (struct sv){out, n} : SV_NONE;
}

/* The schema that "#/..." or "#name" leads to, JSON_END. */
static json_ref find_target(const struct compiler *c, struct sv fragment)
{
    struct anchor key = {.name = fragment};
    const struct anchor *anchor;
    struct json_pointer pointer;

    if (!fragment.n || fragment.p[0] == '/')
        return json_pointer_parse(fragment, &c->s->arena, &pointer)
                   ? JSON_END
                   : json_pointer_get(&c->s->doc, &pointer);
    anchor = c->n_anchors ? bsearch(&key, c->anchors, c->n_anchors, sizeof(key), by_name) : NULL;
    return anchor ? anchor->at : JSON_END;
}

static enum err add_reference(struct compiler *c, json_ref at, struct schema_node *from)
{
    struct reference *r = room(c, 1, sizeof(*r));

    if (type_at(c, at) != JSON_STRING)
        return expected(c, at, "a text");
    if (!r)
        return no_memory(c);
    *r = (struct reference){NULL, from, at};
    *c->last_reference = r;
    c->last_reference = &r->next;
    return OK;
}

static enum err follow(struct compiler *c, const struct reference *r)
{
    struct sv text, fragment;
    json_ref target;
    enum err rc = read_text(c, r->at, &text);

    if (rc)
        return rc;
    if (!sv_starts(text, "#"))
        return expected(c, r->at, "a place in this file (\"#\", \"#/$defs/name\", \"#anchor\")");
    fragment = decode_fragment(c, (struct sv){text.p + 1, text.n - 1});
    target = fragment.p ? find_target(c, fragment) : JSON_END;
    if (target == JSON_END || !c->s->nodes[target])
        return bad(c, r->at, ERR_PARSE, "\"%.*s\" leads to no schema", SV_FMT(text));
    r->from->ref = c->s->nodes[target];
    return OK;
}

/* ---- loops -------------------------------------------------------------------------------- */

static enum err judge(const struct compiler *c, const struct schema_node *node, unsigned depth);

static enum err judge_list(const struct compiler *c, const struct schema_list *list, unsigned depth)
{
    enum err rc = OK;

    for (size_t i = 0; i < list->n && !rc; i++)
        rc = judge(c, list->v[i], depth);
    return rc;
}

/* Follows all that a schema says about the same value. */
static enum err judge(const struct compiler *c, const struct schema_node *node, unsigned depth)
{
    struct schema_node *own = node ? c->s->nodes[node->at] : NULL;
    const struct schema_node *const others[] = {
        node ? node->not : NULL, node ? node->condition : NULL, node ? node->then : NULL,
        node ? node->otherwise : NULL, node ? node->ref : NULL};
    enum err rc = OK;

    if (!own || own->judged)
        return OK;
    if (own->being_judged)
        return bad(c, node->at, ERR_RANGE,
                   "leads back to itself without a step into the value that is checked");
    if (depth == JSON_SCHEMA_MAX_NESTING)
        return bad(c, node->at, ERR_RANGE, "more than %d schemas about one value",
                   JSON_SCHEMA_MAX_NESTING);
    own->being_judged = true;
    rc = judge_list(c, &node->all, depth + 1);
    if (!rc)
        rc = judge_list(c, &node->any, depth + 1);
    if (!rc)
        rc = judge_list(c, &node->one, depth + 1);
    for (size_t i = 0; i < ARRAY_LEN(others) && !rc; i++)
        rc = judge(c, others[i], depth + 1);
    for (size_t i = 0; node->members && i < node->members->n_dependents && !rc; i++)
        rc = judge(c, node->members->dependents[i].node, depth + 1);
    own->being_judged = false;
    own->judged = true;
    return rc;
}

/* ---- a schema ----------------------------------------------------------------------------- */

static enum err unknown(const struct compiler *c, json_ref value, struct sv key)
{
    const char *near = suggest(key, keywords);

    if (near)
        return bad(c, value, ERR_PARSE, "unknown keyword; did you mean \"%s\"?", near);
    return bad(c, value, ERR_PARSE, "unknown keyword");
}

static enum err find_keywords(const struct compiler *c, json_ref at, json_ref k[K_JUDGED])
{
    const struct json_doc *d = &c->s->doc;

    for (int i = 0; i < K_JUDGED; i++)
        k[i] = JSON_END;
    for (json_ref key = json_first(d, at); key != JSON_END; key = json_next(d, at, key + 1)) {
        struct sv text = json_text(d, key, &c->s->arena);
        int i = 0;

        if (!text.p)
            return no_memory(c);
        while (i < K_KNOWN && !sv_is(text, keywords[i]))
            i++;
        if (i == K_KNOWN)
            return unknown(c, key + 1, text);
        if (i >= K_TAKEN)
            return bad(c, key + 1, ERR_PARSE, "this keyword is not supported");
        if (i < K_JUDGED)
            k[i] = key + 1;
    }
    return OK;
}

/* $schema and $id: what would make another language of it. */
static enum err read_names(const struct compiler *c, const json_ref k[K_JUDGED], json_ref at)
{
    static const char draft[] = "https://json-schema.org/draft/2020-12/schema";
    json_ref schema = k[K_SCHEMA];

    if (schema != JSON_END && !is_text(c, schema, draft) &&
        !is_text(c, schema, "https://json-schema.org/draft/2020-12/schema#"))
        return expected(c, schema, "https://json-schema.org/draft/2020-12/schema");
    if (k[K_ID] == JSON_END)
        return OK;
    if (type_at(c, k[K_ID]) != JSON_STRING)
        return expected(c, k[K_ID], "a text");
    return at ? bad(c, k[K_ID], ERR_PARSE, "only the whole schema can have one here") : OK;
}

static enum err compile_object(struct compiler *c, json_ref at, struct schema_node *node)
{
    json_ref k[K_JUDGED];
    enum err rc = find_keywords(c, at, k);

    if (!rc)
        rc = read_names(c, k, at);
    if (!rc)
        rc = read_types(c, k[K_TYPE], &node->types);
    node->constant = rc ? JSON_END : k[K_CONST];
    node->enumerated = rc ? JSON_END : k[K_ENUM];
    if (!rc && node->enumerated != JSON_END && type_at(c, node->enumerated) != JSON_ARRAY)
        rc = expected(c, node->enumerated, "a list of values");
    if (!rc)
        rc = read_numbers(c, k, node);
    if (!rc)
        rc = read_strings(c, k, node);
    if (!rc)
        rc = read_elements(c, k, node);
    if (!rc)
        rc = read_members(c, k, node);
    if (!rc)
        rc = compile_list(c, k[K_ALL_OF], &node->all);
    if (!rc)
        rc = compile_list(c, k[K_ANY_OF], &node->any);
    if (!rc)
        rc = compile_list(c, k[K_ONE_OF], &node->one);
    if (!rc)
        rc = compile_if_there(c, k[K_NOT], &node->not );
    if (!rc)
        rc = compile_if_there(c, k[K_IF], &node->condition);
    if (!rc)
        rc = compile_if_there(c, k[K_THEN], &node->then);
    if (!rc)
        rc = compile_if_there(c, k[K_ELSE], &node->otherwise);
    if (!rc)
        rc = compile_definitions(c, k[K_DEFS]);
    if (!rc)
        rc = compile_definitions(c, k[K_DEFINITIONS]);
    if (!rc && k[K_ANCHOR] != JSON_END)
        rc = add_anchor(c, k[K_ANCHOR], at);
    if (!rc && k[K_REF] != JSON_END)
        rc = add_reference(c, k[K_REF], node);
    return rc;
}

/* Recursion ends at the depth of documents. */
static enum err compile(struct compiler *c, json_ref at, const struct schema_node **out)
{
    enum json_type type = type_at(c, at);
    struct schema_node *node;

    if (type != JSON_OBJECT && type != JSON_TRUE && type != JSON_FALSE)
        return expected(c, at, "a schema (an object, true or false)");
    node = room(c, 1, sizeof(*node));
    if (!node)
        return no_memory(c);
    node->at = at;
    node->enumerated = node->constant = JSON_END;
    node->refuses = type == JSON_FALSE;
    c->s->nodes[at] = node;
    *out = node;
    return type == JSON_OBJECT ? compile_object(c, at, node) : OK;
}

static enum err compile_all(struct compiler *c)
{
    struct json_schema *s = c->s;
    enum err rc;

    s->nodes = room(c, s->doc.n, sizeof(*s->nodes));
    s->patterns = room(c, JSON_SCHEMA_MAX_PATTERNS, sizeof(*s->patterns));
    if (!s->nodes || !s->patterns)
        return no_memory(c);
    rc = compile(c, 0, &s->root);
    if (!rc)
        rc = sort_anchors(c);
    for (const struct reference *r = c->references; r && !rc; r = r->next)
        rc = follow(c, r);
    for (uint32_t i = 0; i < s->doc.n && !rc; i++)
        rc = judge(c, s->nodes[i], 0);
    return rc;
}

enum err json_schema_compile(struct sv text, const char *file, struct json_schema **out,
                             struct error *err)
{
    struct compiler c = {.file = file, .err = err, .last_reference = &c.references};
    struct cJSON *strict = NULL;
    enum err rc = document_parse(text, file, &strict, err); /* for what it refuses alone */

    document_free(strict);
    if (rc)
        return rc;
    c.s = calloc(1, sizeof(*c.s));
    if (!c.s)
        return no_memory(&c);
    rc = json_parse(&c.s->doc, text.p, text.n, err);
    if (!rc)
        rc = compile_all(&c);
    free(c.anchors);
    if (!rc) {
        *out = c.s;
        c.s = NULL;
    }
    json_schema_free(c.s);
    return rc;
}

void json_schema_free(struct json_schema *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_patterns; i++)
        regex_close(s->patterns[i]);
    json_release(&s->doc);
    json_release(&s->text);
    arena_release(&s->arena);
    arena_release(&s->strings);
    buf_release(&s->pointer);
    free(s->seen);
    free(s);
}
