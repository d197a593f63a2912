/* document: cJSON behind a strict reader. json.h checks the grammar and knows each number's text;
 * cJSON holds the tree, changes it and writes it. */
#include "json/document.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/json_pointer.h"
#include "base/banned.h"

enum { FOUND_MAX = 60 };

static enum err no_memory(struct error *err)
{
    error_set(err, ERR_NOMEM, "out of memory for a JSON document");
    return ERR_NOMEM;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* Places a fault: err gets the line, the message begins with the column. */
static enum err fault(struct sv text, size_t offset, const char *file, const char *expected,
                      struct error *err)
{
    unsigned char c = offset < text.n ? (unsigned char)text.p[offset] : 0;
    int64_t line = 1;
    size_t start = 0;

    for (size_t i = 0; i < offset; i++) {
        if (text.p[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    if (offset >= text.n)
        error_set(err, ERR_PARSE, "column %zu: expected %s, found the end", offset - start + 1,
                  expected);
    else if (c >= 0x20 && c < 0x7F)
        error_set(err, ERR_PARSE, "column %zu: expected %s, found '%c'", offset - start + 1,
                  expected, c);
    else
        error_set(err, ERR_PARSE, "column %zu: expected %s, found 0x%02x", offset - start + 1,
                  expected, c);
    return error_at(err, file, line);
}

/* What the grammar allows and a configuration does not need. *replaced: an escape gives U+FFFD, as
 * one half of a surrogate pair does, too. */
static enum err check_values(const struct json_doc *d, struct sv text, const char *file,
                             bool *replaced, struct error *err)
{
    uint32_t ends[DOCUMENT_MAX_DEPTH];
    size_t depth = 0;
    struct arena texts = {0};
    enum err rc = OK;

    for (json_ref r = 0; r < d->n && !rc; r++) {
        enum json_type type = json_type(d, r);

        while (depth && r >= ends[depth - 1])
            depth--;
        if (type == JSON_NAN) {
            rc = fault(text, d->tokens[r].start, file, "a value", err);
        } else if (type == JSON_STRING && d->tokens[r].escaped) {
            struct sv decoded = json_text(d, r, &texts);

            if (!decoded.p)
                rc = no_memory(err);
            else if (memchr(decoded.p, '\0', decoded.n))
                rc = fault(text, d->tokens[r].start, file, "a text without NUL", err);
            *replaced = *replaced || sv_find(decoded, SV("\xEF\xBF\xBD")) >= 0;
            arena_reset(&texts);
        } else if (type >= JSON_ARRAY && depth == DOCUMENT_MAX_DEPTH) {
            rc = fault(text, d->tokens[r].start, file, "at most 32 levels", err);
        } else if (type >= JSON_ARRAY) {
            ends[depth++] = d->tokens[r].next;
        }
    }
    arena_release(&texts);
    return rc;
}

/* Gives the numbers of a value their texts; *at is the value's index, then the one behind it.
 * As a raw value cJSON prints them as they are. At most DOCUMENT_MAX_DEPTH deep. */
static bool adopt_numbers(const struct json_doc *d, cJSON *value, json_ref *at)
{
    bool keys = cJSON_IsObject(value);

    if (cJSON_IsNumber(value)) {
        struct sv raw = json_raw(d, *at);
        char *copy = cJSON_malloc(raw.n + 1);

        if (!copy || !raw.p)
            return false;
        memcpy(copy, raw.p, raw.n);
        copy[raw.n] = '\0';
        value->type = cJSON_Raw;
        value->valuestring = copy;
    }
    ++*at;
    for (cJSON *child = value->child; child; child = child->next) {
        *at += keys;
        if (!adopt_numbers(d, child, at))
            return false;
    }
    return true;
}

static int in_order(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

/* A key that the object itself has twice, NULL: none. Sorted, so that many keys cost little. */
static const char *own_double(const cJSON *object, struct buf *path)
{
    size_t n = document_size(object), i = 0;
    const char **keys = calloc(n + 1, sizeof(*keys));
    const char *found = NULL;

    path->failed = path->failed || !keys;
    for (const cJSON *m = object->child; keys && m; m = m->next)
        keys[i++] = m->string;
    if (i)
        qsort(keys, i, sizeof(*keys), in_order);
    for (size_t k = 1; k < i && !found; k++)
        if (strcmp(keys[k - 1], keys[k]) == 0)
            found = keys[k];
    free(keys);
    return found;
}

/* Leaves in path the pointer to the first member that is there twice; false: there is none. */
static bool find_double(const cJSON *value, struct buf *path)
{
    size_t length = path->n, i = 0;
    const char *key = cJSON_IsObject(value) ? own_double(value, path) : NULL;

    if (key) {
        json_pointer_add_step(path, sv_from(key));
        return true;
    }
    for (const cJSON *child = value->child; child; child = child->next, i++) {
        if (!child->child)
            continue;
        if (child->string)
            json_pointer_add_step(path, sv_from(child->string));
        else
            buf_printf(path, "/%zu", i);
        if (find_double(child, path))
            return true;
        path->n = length;
    }
    return false;
}

/* The tree of a text that the strict reader took. */
static enum err build(const struct json_doc *d, struct sv text, const char *file, bool replaced,
                      cJSON **out, struct error *err)
{
    const char *end = NULL;
    cJSON *root = cJSON_ParseWithLengthOpts(text.p, text.n, &end, 0);
    struct buf path = {0};
    json_ref at = 0;
    enum err rc = OK;

    /* All that is left to refuse is half a surrogate pair. */
    if (!root && !replaced)
        return no_memory(err);
    if (!root)
        return fault(text, end ? (size_t)(end - text.p) : 0, file, "a pair of surrogates", err);
    if (!adopt_numbers(d, root, &at))
        rc = no_memory(err);
    else if (find_double(root, &path) && !path.failed)
        rc = (error_set(err, ERR_PARSE, "%s: given twice", path.p), error_at(err, file, 0));
    else if (path.failed)
        rc = no_memory(err);
    buf_release(&path);
    if (rc)
        cJSON_Delete(root);
    else
        *out = root;
    return rc;
}

enum err document_parse(struct sv text, const char *file, struct cJSON **out, struct error *err)
{
    struct json_doc d = {0};
    struct error inner = {0};
    bool replaced = false;
    enum err rc;

    if (text.n > DOCUMENT_MAX_BYTES) {
        rc = error_set(&inner, ERR_RANGE, "longer than %d bytes", DOCUMENT_MAX_BYTES);
        error_at(&inner, file, 0);
    } else {
        rc = json_parse(&d, text.n ? text.p : "", text.n, &inner);
        if (rc == ERR_PARSE)
            fault(text, d.fault_at, file, d.expected, &inner);
    }
    if (!rc)
        rc = check_values(&d, text, file, &replaced, &inner);
    if (!rc)
        rc = build(&d, text, file, replaced, out, &inner);
    json_release(&d);
    if (rc && err)
        *err = inner;
    return rc;
}

void document_free(struct cJSON *document)
{
    cJSON_Delete(document);
}

/* ---- asking ------------------------------------------------------------------------------- */

enum json_type document_type(const struct cJSON *value)
{
    static const struct {
        int cjson;
        enum json_type type;
    } types[] = {
        {cJSON_NULL,   JSON_NULL  },
        {cJSON_False,  JSON_FALSE },
        {cJSON_True,   JSON_TRUE  },
        {cJSON_Raw,    JSON_NUMBER},
        {cJSON_String, JSON_STRING},
        {cJSON_Array,  JSON_ARRAY },
        {cJSON_Object, JSON_OBJECT},
    };

    for (size_t i = 0; value && i < ARRAY_LEN(types); i++)
        if ((value->type & 0xFF) == types[i].cjson)
            return types[i].type;
    return JSON_NONE;
}

const char *document_text(const struct cJSON *value)
{
    return value ? value->valuestring : NULL;
}

const char *document_key(const struct cJSON *member)
{
    return member ? member->string : NULL;
}

const struct cJSON *document_first(const struct cJSON *container)
{
    return container ? container->child : NULL;
}

const struct cJSON *document_next(const struct cJSON *value)
{
    return value ? value->next : NULL;
}

size_t document_size(const struct cJSON *container)
{
    size_t n = 0;

    for (const cJSON *v = document_first(container); v; v = v->next)
        n++;
    return n;
}

const struct cJSON *document_get(const struct cJSON *object, const char *key)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

void document_describe(const struct cJSON *value, char *out, size_t out_size)
{
    static const char *const words[] = {
        [JSON_NONE] = "nothing", [JSON_NULL] = "null",      [JSON_FALSE] = "false",
        [JSON_TRUE] = "true",    [JSON_ARRAY] = "an array", [JSON_OBJECT] = "an object",
    };
    enum json_type type = document_type(value);
    const char *quote = type == JSON_STRING ? "\"" : "";
    const char *text = document_text(value);

    if (!text)
        snprintf(out, out_size, "%s", words[type]);
    else
        snprintf(out, out_size, "%s%.*s%s%s", quote, FOUND_MAX, text,
                 strlen(text) > FOUND_MAX ? "..." : "", quote);
}

/* ---- pointers and changes ----------------------------------------------------------------- */

static enum err parse_pointer(const char *text, struct arena *a, struct json_pointer *out,
                              struct error *err)
{
    enum err rc = json_pointer_parse(sv_from(text), a, out);

    if (rc == ERR_NOMEM)
        return no_memory(err);
    if (rc)
        error_set(err, rc, "expected a JSON Pointer like /prices/0/model, found \"%s\"", text);
    return rc;
}

/* The value one step below, NULL: there is none. */
static cJSON *step_down(const cJSON *value, const char *step)
{
    size_t index = 0;

    if (cJSON_IsObject(value))
        return cJSON_GetObjectItemCaseSensitive(value, step);
    if (!cJSON_IsArray(value) || !json_pointer_index(step, &index) || index > DOCUMENT_MAX_BYTES)
        return NULL;
    return cJSON_GetArrayItem(value, (int)index);
}

enum err document_find(const struct cJSON *document, const char *pointer, const struct cJSON **out,
                       struct error *err)
{
    struct arena a = {0};
    struct json_pointer p;
    enum err rc = parse_pointer(pointer, &a, &p, err);

    *out = rc ? NULL : document;
    for (size_t i = 0; !rc && *out && i < p.n; i++)
        *out = step_down(*out, p.steps[i]);
    arena_release(&a);
    return rc;
}

struct cJSON *document_string(const char *text)
{
    return cJSON_CreateString(text);
}

static bool is_end(const cJSON *value, const char *step)
{
    return cJSON_IsArray(value) && strcmp(step, "-") == 0;
}

/* The container that the last step is taken in, made where it is missing; NULL: it cannot be. */
static cJSON *make_way(cJSON *at, const struct json_pointer *p)
{
    for (size_t i = 0; i + 1 < p->n && at; i++) {
        cJSON *below = step_down(at, p->steps[i]);

        if (!below && cJSON_IsObject(at))
            below = i + 2 == p->n && strcmp(p->steps[i + 1], "-") == 0
                        ? cJSON_AddArrayToObject(at, p->steps[i])
                        : cJSON_AddObjectToObject(at, p->steps[i]);
        at = below;
    }
    return at;
}

/* Takes value when it returns true. */
static bool put_at(cJSON *container, const char *step, cJSON *value)
{
    cJSON *old = step_down(container, step);

    if (old)
        return cJSON_IsObject(container)
                   ? cJSON_ReplaceItemInObjectCaseSensitive(container, step, value)
                   : cJSON_ReplaceItemViaPointer(container, old, value);
    if (cJSON_IsObject(container))
        return cJSON_AddItemToObject(container, step, value);
    return is_end(container, step) && cJSON_AddItemToArray(container, value);
}

enum err document_put(struct cJSON *document, const char *pointer, struct cJSON *value,
                      struct error *err)
{
    struct arena a = {0};
    struct json_pointer p = {0};
    enum err rc = parse_pointer(pointer, &a, &p, err);
    const char *last = p.n ? p.steps[p.n - 1] : NULL;
    cJSON *container = NULL, *old = NULL;

    if (!rc && !last) {
        error_set(err, ERR_PARSE, "expected a JSON Pointer like /prices/0/model, found \"\"");
        rc = ERR_PARSE;
    }
    if (rc)
        goto done;
    container = make_way(document, &p);
    old = step_down(container, last);
    if (!value && old)
        cJSON_Delete(cJSON_DetachItemViaPointer(container, old));
    else if (value && container && put_at(container, last, value))
        value = NULL;
    else
        rc = error_set(err, ERR_NOT_FOUND, "%s: there is no such place", pointer);
done:
    cJSON_Delete(value);
    arena_release(&a);
    return rc;
}

void document_write(const struct cJSON *document, struct buf *out)
{
    char *text = cJSON_Print(document);

    out->failed = out->failed || !text;
    buf_str(out, text ? text : "");
    buf_char(out, '\n');
    cJSON_free(text);
}
