/* json: one pass over a line of JSON; the result is a flat index of its values (no tree). */
#include "json/json.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/utf8.h"

#include "base/banned.h"

/* Where the grammar was left and what would have continued it. At the end of the text this means
 * that the text is cut off: everything before could be continued. */
struct fault {
    const char *at;
    const char *expected;
};

static const char *fail(struct fault *fault, const char *at, const char *expected)
{
    *fault = (struct fault){at, expected};
    return NULL;
}

static uint64_t read8(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* The next bytes of the text and where among them plain runs end. It moves along with the parser,
 * so that each byte is looked at once, and finding the end of a short string is a shift. */
struct window {
    const char *begin, *end;
    const struct string_bytes *way;
    uint64_t stops[STRING_BYTES_WORDS];
};

static void window_move(struct window *w, const char *p, const char *end)
{
    w->begin = p;
    w->end = end;
    if (end - p > STRING_BYTES_MAX) {
        w->end = p + STRING_BYTES_MAX;
        for (int i = 0; i < 3 && ((unsigned char)*w->end & 0xC0) == 0x80; i++)
            w->end--; /* out of a character */
    }
    w->way->find_stops(p, (size_t)(w->end - p), w->stops);
}

/* First stop at or behind p, a byte of the window; its end when there is none. */
static inline const char *next_stop(const struct window *w, const char *p)
{
    size_t offset = (size_t)(p - w->begin);
    size_t word = offset / 64;
    uint64_t stops = w->stops[word] >> offset % 64;

    if (stops)
        return p + __builtin_ctzll(stops);
    do
        stops = w->stops[++word];
    while (!stops);
    return w->begin + 64 * word + __builtin_ctzll(stops);
}

static __attribute__((noinline)) const char *skip_plain_far(struct window *w, const char *p,
                                                            const char *end)
{
    while (p >= w->end && p < end) {
        window_move(w, p, end);
        p = next_stop(w, p);
    }
    return p;
}

/* First byte at or behind p that is not plain, or end. p must not go back between calls. */
static inline const char *skip_plain(struct window *w, const char *p, const char *end)
{
    if (p < w->end)
        p = next_stop(w, p);
    return p < w->end ? p : skip_plain_far(w, p, end);
}

static inline const char *skip_space(const char *p, const char *end)
{
    while (p < end && (unsigned char)*p <= ' ' &&
           (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

/* First byte at or behind p that is no digit, or end. Eight at a time, because guessing where a
 * run of digits ends costs more than looking. */
static inline const char *skip_digits(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t v = read8(p) ^ EACH_BYTE('0'); /* digits become 0 to 9 */
        uint64_t stops = (((v & EACH_BYTE(0x7F)) + EACH_BYTE(0x76)) | v) & EACH_BYTE(0x80);
        if (stops)
            return p + __builtin_ctzll(stops) / 8;
        p += 8;
    }
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* p stands behind a backslash; returns the byte behind the escape. */
static const char *check_escape(const char *p, const char *end, struct fault *fault)
{
    if (p == end || !memchr("\"\\/bfnrtu", *p, 9))
        return fail(fault, p, "one of \"\\/bfnrtu");
    if (*p != 'u')
        return p + 1;
    for (int i = 1; i <= 4; i++)
        if (p + i == end || hex_value(p[i]) < 0)
            return fail(fault, p + i, "four hex digits");
    return p + 5;
}

/* True when the n bytes are the beginning of a character that the end of the text cut off. */
static bool utf8_is_cut(const char *p, size_t n)
{
    char low[4] = {'\x80', '\x80', '\x80', '\x80'};
    char high[4] = {'\xBF', '\xBF', '\xBF', '\xBF'}; /* some leads exclude one end of the range */

    if (n >= 4)
        return false;
    memcpy(low, p, n);
    memcpy(high, p, n);
    return utf8_length(low, 4) || utf8_length(high, 4);
}

/* Whether p, with three bytes to look at, is a character of three bytes (most of what is written
 * in Asia); all conditions of utf8_length() at once. */
static inline bool is_triple(const char *p)
{
    uint32_t v = (uint32_t)(unsigned char)p[0] << 16 | (uint32_t)(unsigned char)p[1] << 8 |
                 (unsigned char)p[2];
    uint32_t top = v & 0x0F2000; /* the five highest bits: 0 is overlong, 0x0D2000 a surrogate */

    return (v & 0xF0C0C0) == 0xE08080 && top != 0 && top != 0x0D2000;
}

/* p stands on a byte that is not ASCII; returns the next ASCII byte, or end. */
static const char *check_utf8(const char *p, const char *end, struct fault *fault)
{
    while (p < end && (unsigned char)*p >= 0x80) {
        if (end - p >= 3 && is_triple(p)) {
            p += 3;
            continue;
        }
        size_t n = utf8_length(p, (size_t)(end - p));
        if (n == 0) /* a character may lack its end only where the text does */
            return fail(fault, utf8_is_cut(p, (size_t)(end - p)) ? end : p, "UTF-8");
        p += n;
    }
    return p;
}

/* The closing quote of a string that is not plain, from the first byte that is not. */
static __attribute__((noinline)) const char *
string_rest(struct window *w, const char *p, const char *end, bool *escaped, struct fault *fault)
{
    while (p) {
        if (p == end)
            return fail(fault, p, "'\"'");
        if (*p == '"')
            return p;
        if (*p == '\\') {
            *escaped = true;
            p = check_escape(p + 1, end, fault);
        } else if ((unsigned char)*p >= 0x80) {
            p = check_utf8(p, end, fault);
        } else {
            return fail(fault, p, "no control byte in a string");
        }
        if (p)
            p = skip_plain(w, p, end);
    }
    return NULL;
}

static const char *check_word(const char *p, const char *end, const char *word, struct fault *fault)
{
    for (; *word; p++, word++)
        if (p == end || *p != *word)
            return fail(fault, p, "true, false, null, NaN or Infinity spelled out");
    return p;
}

/* p stands on a digit or behind a minus sign; returns the byte behind the number. */
static inline const char *check_number(const char *p, const char *end, struct fault *fault)
{
    const char *start = p;

    p = p < end && *p == '0' ? p + 1 : skip_digits(p, end);
    if (p == start)
        return fail(fault, p, "a digit");
    if (p < end && *p == '.') {
        start = ++p;
        p = skip_digits(p, end);
        if (p == start)
            return fail(fault, p, "a digit");
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        start = p;
        p = skip_digits(p, end);
        if (p == start)
            return fail(fault, p, "a digit");
    }
    return p;
}

/* A value that is neither string nor container, from its first byte. */
static inline const char *check_scalar(const char *p, const char *end, enum json_type *type,
                                       struct fault *fault)
{
    *type = JSON_NUMBER;
    if (*p >= '0' && *p <= '9')
        return check_number(p, end, fault);
    switch (*p) {
    case '-':
        if (end - p > 1 && p[1] == 'I') {
            *type = JSON_NAN;
            return check_word(p, end, "-Infinity", fault);
        }
        return check_number(p + 1, end, fault);
    case 't':
        *type = JSON_TRUE;
        return check_word(p, end, "true", fault);
    case 'f':
        *type = JSON_FALSE;
        return check_word(p, end, "false", fault);
    case 'n':
        *type = JSON_NULL;
        return check_word(p, end, "null", fault);
    case 'N':
        *type = JSON_NAN;
        return check_word(p, end, "NaN", fault);
    case 'I':
        *type = JSON_NAN;
        return check_word(p, end, "Infinity", fault);
    default:
        return fail(fault, p, "a value");
    }
}

/* What goes along with the position p through the functions below. They return the position
 * behind what they read, NULL when s->fault says what is wrong. */
struct parser {
    struct json_doc *doc;
    const char *end;
    uint32_t open;  /* the innermost open container, JSON_END when there is none */
    bool in_object; /* it is an object */
    struct window window;
    struct fault fault;
};

/* Not inlined, so that what is seldom done is not in the way. */
static __attribute__((noinline)) enum err grow(struct json_doc *doc, struct error *err)
{
    uint32_t cap = doc->cap ? 2 * doc->cap : 64;
    struct json_token *tokens;

    if (doc->cap >= JSON_MAX_TOKENS)
        return error_set(err, ERR_RANGE, "more than %u values and keys in one document",
                         JSON_MAX_TOKENS);
    tokens = realloc(doc->tokens, cap * sizeof(*tokens));
    if (!tokens)
        return error_set(err, ERR_NOMEM, "out of memory for %u values", cap);
    doc->tokens = tokens;
    doc->cap = cap;
    return OK;
}

/* Makes room for two tokens more: a value and its key. */
static inline enum err make_room(struct json_doc *doc, struct error *err)
{
    return doc->cap - doc->n >= 2 ? OK : grow(doc, err);
}

static inline void add_leaf(struct json_doc *doc, const char *start, const char *behind,
                            enum json_type type, bool escaped)
{
    uint32_t n = doc->n++;

    doc->tokens[n] = (struct json_token){.start = (uint32_t)(start - doc->text),
                                         .length = (uint32_t)(behind - start),
                                         .next = n + 1,
                                         .type = (uint8_t)type,
                                         .escaped = escaped};
}

/* p stands on the opening quote. Inlined by force: a call for each string costs a quarter of it. */
static inline __attribute__((always_inline)) const char *read_string(struct parser *s,
                                                                     const char *p)
{
    const char *start = p + 1;
    const char *quote = skip_plain(&s->window, start, s->end);
    bool escaped = false;

    if (quote == s->end || *quote != '"')
        quote = string_rest(&s->window, quote, s->end, &escaped, &s->fault);
    if (!quote)
        return NULL;
    add_leaf(s->doc, start, quote, JSON_STRING, escaped);
    return quote + 1;
}

/* A member's name and the colon. */
static inline const char *read_key(struct parser *s, const char *p)
{
    p = skip_space(p, s->end);
    if (p == s->end || *p != '"')
        return fail(&s->fault, p, "a member name in quotes");
    p = read_string(s, p);
    if (!p)
        return NULL;
    p = skip_space(p, s->end);
    if (p == s->end || *p != ':')
        return fail(&s->fault, p, "':'");
    return p + 1;
}

/* Any value but a container. */
static inline const char *read_leaf(struct parser *s, const char *p)
{
    const char *start = p;
    enum json_type type;

    if (p == s->end)
        return fail(&s->fault, p, "a value");
    if (*p == '"')
        return read_string(s, p);
    p = check_scalar(p, s->end, &type, &s->fault);
    if (p)
        add_leaf(s->doc, start, p, type, false);
    return p;
}

static inline const char *open_container(struct parser *s, const char *p)
{
    struct json_doc *doc = s->doc;

    s->in_object = *p == '{';
    doc->tokens[doc->n] = (struct json_token){.start = (uint32_t)(p - doc->text),
                                              .next = s->open,
                                              .type = s->in_object ? JSON_OBJECT : JSON_ARRAY};
    s->open = doc->n++;
    return p + 1;
}

static inline const char *close_container(struct parser *s, const char *p)
{
    struct json_token *t = &s->doc->tokens[s->open];

    s->open = t->next;
    s->in_object = s->open != JSON_END && s->doc->tokens[s->open].type == JSON_OBJECT;
    t->next = s->doc->n;
    t->length = (uint32_t)(p + 1 - s->doc->text) - t->start;
    return p + 1;
}

static inline bool closes(const struct parser *s, const char *p)
{
    return p < s->end && *p == (s->in_object ? '}' : ']');
}

/* From behind a value to where the next one begins (or its key): over the ends of containers and
 * a comma. At the end of the document, s->end. */
static inline const char *read_separator(struct parser *s, const char *p)
{
    for (;;) {
        p = skip_space(p, s->end);
        if (s->open == JSON_END)
            return p == s->end ? p : fail(&s->fault, p, "nothing more");
        if (p < s->end && *p == ',')
            return p + 1;
        if (!closes(s, p))
            return fail(&s->fault, p, s->in_object ? "',' or '}'" : "',' or ']'");
        p = close_container(s, p);
    }
}

static enum err report_fault(struct parser *s, struct error *err)
{
    const struct fault *f = &s->fault;
    size_t offset = (size_t)(f->at - s->doc->text);
    unsigned char c;

    s->doc->n = 0;
    s->doc->cut_off = f->at == s->end;
    s->doc->fault_at = (uint32_t)offset;
    s->doc->expected = f->expected;
    if (s->doc->cut_off)
        return error_set(err, ERR_PARSE, "cut off behind byte %zu: expected %s", offset,
                         f->expected);
    c = (unsigned char)*f->at;
    if (c >= 0x20 && c < 0x7F)
        return error_set(err, ERR_PARSE, "byte %zu: expected %s, found '%c'", offset + 1,
                         f->expected, c);
    return error_set(err, ERR_PARSE, "byte %zu: expected %s, found 0x%02x", offset + 1, f->expected,
                     c);
}

enum err json_parse(struct json_doc *doc, const char *text, size_t n, struct error *err)
{
    const char *p = text;
    struct parser s; /* set one by one: the window is large and is written before it is read */

    doc->text = text;
    doc->n = 0;
    doc->cut_off = false;
    if (n >= UINT32_MAX)
        return error_set(err, ERR_RANGE, "a document of %zu bytes: fewer than %u are possible", n,
                         UINT32_MAX);
    if (!doc->way)
        doc->way = string_bytes_best();
    s.doc = doc;
    s.end = text + n;
    s.open = JSON_END;
    s.in_object = false;
    s.window.begin = s.window.end = text;
    s.window.way = doc->way;
    do {
        enum err rc = make_room(doc, err);
        if (rc)
            return rc;
        if (s.in_object)
            p = read_key(&s, p);
        if (p)
            p = skip_space(p, s.end);
        if (p && p < s.end && (*p == '{' || *p == '[')) {
            p = skip_space(open_container(&s, p), s.end);
            if (!closes(&s, p))
                continue; /* with its first value or key */
        } else if (p) {
            p = read_leaf(&s, p);
        }
        if (p)
            p = read_separator(&s, p);
        if (!p)
            return report_fault(&s, err);
    } while (s.open != JSON_END);
    return OK;
}

bool json_cut_off(const struct json_doc *doc)
{
    return doc->cut_off;
}

void json_release(struct json_doc *doc)
{
    free(doc->tokens);
    *doc = (struct json_doc){0};
}

json_ref json_first(const struct json_doc *d, json_ref container)
{
    enum json_type type = json_type(d, container);

    if (type != JSON_OBJECT && type != JSON_ARRAY)
        return JSON_END;
    return d->tokens[container].next > container + 1 ? container + 1 : JSON_END;
}

json_ref json_next(const struct json_doc *d, json_ref container, json_ref r)
{
    json_ref next = r == JSON_END ? JSON_END : d->tokens[r].next;

    return next < d->tokens[container].next ? next : JSON_END;
}

static uint32_t hex4(const char *p)
{
    return (uint32_t)(hex_value(p[0]) << 12 | hex_value(p[1]) << 8 | hex_value(p[2]) << 4 |
                      hex_value(p[3]));
}

/* Decodes the (checked) escape whose backslash *p stands on, moves *p behind it. Writes at most
 * 4 bytes, never more than the escape had; returns how many. */
static size_t decode_escape(const char **p, const char *end, char *out)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meaning[] = "\"\\/\b\f\n\r\t";
    const char *e = *p + 1;
    uint32_t code, low;

    if (*e != 'u') {
        *out = meaning[strchr(letters, *e) - letters];
        *p = e + 1;
        return 1;
    }
    code = hex4(e + 1);
    e += 5;
    if (code >= 0xD800 && code < 0xDC00 && end - e >= 6 && e[0] == '\\' && e[1] == 'u') {
        low = hex4(e + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            *p = e + 6;
            return utf8_put(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), out);
        }
    }
    *p = e;
    return utf8_put(code >= 0xD800 && code < 0xE000 ? 0xFFFD : code, out);
}

static bool escaped_is(struct sv raw, const char *key, size_t n)
{
    const char *p = raw.p;
    const char *end = raw.p + raw.n;
    size_t at = 0;

    while (p < end) {
        char c[4];
        size_t length = 1;
        if (*p == '\\')
            length = decode_escape(&p, end, c);
        else
            c[0] = *p++;
        if (length > n - at || memcmp(c, key + at, length) != 0)
            return false;
        at += length;
    }
    return at == n;
}

json_ref json_get(const struct json_doc *d, json_ref obj, const char *key)
{
    json_ref found = JSON_END;
    size_t n = strlen(key);
    json_ref end;

    if (json_type(d, obj) != JSON_OBJECT)
        return JSON_END;
    end = d->tokens[obj].next;
    for (json_ref k = obj + 1; k < end; k = d->tokens[k + 1].next) {
        const struct json_token *t = &d->tokens[k];
        const char *raw = d->text + t->start;
        if (t->escaped ? escaped_is((struct sv){raw, t->length}, key, n)
                       : t->length == n && memcmp(raw, key, n) == 0)
            found = k + 1;
    }
    return found;
}

json_ref json_path(const struct json_doc *d, json_ref obj, ...)
{
    va_list keys;
    const char *key;

    va_start(keys, obj);
    while (obj != JSON_END && (key = va_arg(keys, const char *)))
        obj = json_get(d, obj, key);
    va_end(keys);
    return obj;
}

json_ref json_at(const struct json_doc *d, json_ref array, size_t i)
{
    json_ref r;

    if (json_type(d, array) != JSON_ARRAY)
        return JSON_END;
    for (r = json_first(d, array); r != JSON_END && i > 0; i--)
        r = json_next(d, array, r);
    return r;
}

/* Writes the decoded text to out, which has room for raw.n bytes; returns its length. */
static size_t decode(struct sv raw, char *out)
{
    const char *p = raw.p;
    const char *end = raw.p + raw.n;
    char *start = out;

    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        size_t run = (size_t)((slash ? slash : end) - p);
        memcpy(out, p, run);
        out += run;
        p += run;
        if (slash)
            out += decode_escape(&p, end, out);
    }
    return (size_t)(out - start);
}

struct sv json_text(const struct json_doc *d, json_ref r, struct arena *a)
{
    enum json_type type = json_type(d, r);
    struct sv raw = json_raw(d, r);
    char *out;

    if (type == JSON_NONE || type == JSON_OBJECT || type == JSON_ARRAY)
        return SV_NONE;
    if (!d->tokens[r].escaped)
        return raw;
    out = arena_alloc(a, raw.n);
    if (!out)
        return SV_NONE;
    return (struct sv){out, decode(raw, out)};
}

bool json_missing(const struct json_doc *d, json_ref r)
{
    enum json_type type = json_type(d, r);

    return type == JSON_NONE || type == JSON_NULL || type == JSON_NAN;
}
