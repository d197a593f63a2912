/* leftover: scalars that no field takes, kept as one JSON object with sorted keys. */
#include "format/leftover.h"

#include <inttypes.h>
#include <stdio.h>
#include "base/buf.h"
#include "format/pick.h"
#include "record/privacy.h"

#include "base/banned.h"

enum { LABEL_WORDS = 4 };

/* Letters, digits, marks of names, and anything beyond ASCII: no blanks, quotes or escapes. */
static bool is_name(struct sv key)
{
    if (!key.n || key.n > LEFTOVER_MAX_KEY)
        return false;
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];

        if ((unsigned char)c <= ' ' || c == '"' || c == '\\' || c == 0x7f)
            return false;
    }
    return true;
}

/* A text that is JSON itself may hold anything, and what reads like a sentence is content whatever
 * its key is called: a label has LABEL_WORDS words at most. */
static bool is_small_text(struct sv raw)
{
    struct sv text = sv_trim(raw);
    size_t words = 1;

    if (raw.n > PRIVACY_MAX_TEXT || (text.n && (text.p[0] == '{' || text.p[0] == '[')))
        return false;
    for (size_t i = 0; i < text.n && words <= LABEL_WORDS; i++)
        words += text.p[i] == ' ';
    return words <= LABEL_WORDS;
}

static bool is_kept(const struct json_doc *doc, json_ref value)
{
    switch (json_type(doc, value)) {
    case JSON_TRUE:
    case JSON_FALSE:
        return true;
    case JSON_NUMBER:
        return json_raw(doc, value).n <= PRIVACY_MAX_TEXT;
    case JSON_STRING:
        return is_small_text(json_raw(doc, value));
    default:
        return false;
    }
}

/* An integer in JSON's spelling: no sign but minus, no leading zero. */
static bool is_integer(struct sv s)
{
    size_t i = s.n && s.p[0] == '-';

    if (i == s.n || (s.p[i] == '0' && s.n > i + 1))
        return false;
    for (; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

/* The place of a key, in order; NULL when there is none, or one already and `weak`. */
static struct leftover *make_place(struct leftovers *l, struct sv key, bool weak)
{
    size_t at = l->n;
    int order = 1;

    while (at && (order = sv_cmp(l->item[at - 1].key, key)) > 0)
        at--;
    if (at && order == 0)
        return weak ? NULL : &l->item[at - 1];
    if (l->n == LEFTOVER_MAX)
        return NULL;
    memmove(&l->item[at + 1], &l->item[at], (l->n - at) * sizeof(l->item[0]));
    l->n++;
    return &l->item[at];
}

void leftover_add(struct leftovers *l, struct sv key, const struct json_doc *doc, json_ref value,
                  unsigned how)
{
    bool bare = (how & LEFTOVER_INTEGER) && json_type(doc, value) == JSON_STRING;
    struct leftover *item;

    if (!is_kept(doc, value) || (bare && !is_integer(json_raw(doc, value))) || !is_name(key) ||
        privacy_is_content(key))
        return;
    item = make_place(l, key, how & LEFTOVER_WEAK);
    if (item)
        *item = (struct leftover){.key = key, .doc = doc, .at = value, .bare = bare};
}

void leftover_drop(struct leftovers *l, const struct json_doc *doc, json_ref value)
{
    size_t i = 0;

    while (i < l->n && (l->item[i].doc != doc || l->item[i].at != value))
        i++;
    if (i == l->n)
        return;
    l->n--;
    memmove(&l->item[i], &l->item[i + 1], (l->n - i) * sizeof(l->item[0]));
}

void leftover_add_count(struct leftovers *l, const struct reading *r, struct sv key, int64_t n)
{
    struct leftover *item = make_place(l, key, true);
    char text[24];
    int length = snprintf(text, sizeof(text), "%" PRId64, n);

    if (!item)
        return;
    *item = (struct leftover){
        .key = key,
        .written = arena_copy(&r->c->out->arena, (struct sv){text, (size_t)length})};
    r->c->out->failed |= !item->written.p;
}

/* The text of a tag, SV_NONE when it is none. */
static struct sv tag_text(const struct reading *r, const struct json_doc *doc, json_ref at)
{
    if (json_type(doc, at) == JSON_OBJECT)
        at = json_get(doc, at, "stringValue");
    return json_type(doc, at) == JSON_STRING && is_small_text(json_raw(doc, at))
               ? scalar_text(r, doc, at)
               : SV_NONE;
}

/* Appends the texts as a JSON array. */
static void add_tags(struct buf *b, const struct sv *tags, size_t n)
{
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(b, ',');
        buf_json_string(b, tags[i]);
    }
    buf_char(b, ']');
}

void leftover_add_tags(struct leftovers *l, const struct reading *r, const struct json_doc *doc,
                       json_ref tags)
{
    bool list = json_type(doc, tags) == JSON_ARRAY;
    json_ref at = list ? json_first(doc, tags) : tags;
    struct sv kept[LEFTOVER_MAX_TAGS];
    struct buf array = {0}, text = {0};
    struct leftover *item;
    size_t n = 0;

    for (int i = 0; at != JSON_END && n < LEFTOVER_MAX_TAGS && i < 2 * LEFTOVER_MAX_TAGS; i++) {
        struct sv tag = sv_trim(tag_text(r, doc, at));
        size_t k = 0;

        while (k < n && !sv_eq(kept[k], tag))
            k++;
        /* What LiteLLM's gateway adds of itself says nothing of the call. */
        if (tag.n && k == n && !sv_starts(tag, "User-Agent:"))
            kept[n++] = tag;
        at = list ? json_next(doc, tags, at) : JSON_END;
    }
    if (!n)
        return;
    add_tags(&array, kept, n);
    buf_json_string(&text, (struct sv){array.p, array.n});
    item = text.n <= LEFTOVER_MAX_BYTES / 2 ? make_place(l, SV("tags"), false) : NULL;
    if (item) {
        struct sv written = arena_copy(&r->c->out->arena, (struct sv){text.p, text.n});

        *item = (struct leftover){.key = SV("tags"), .written = written};
        r->c->out->failed |= !written.p || array.failed || text.failed;
    }
    buf_release(&array);
    buf_release(&text);
}

void leftover_add_list(struct leftovers *l, const struct reading *r, struct sv key,
                       const struct sv *texts, size_t n)
{
    struct buf joined = {0}, text = {0};
    struct leftover *item = n ? make_place(l, key, false) : NULL;

    for (size_t i = 0; i < n; i++) {
        buf_str(&joined, i ? ", " : "");
        buf_sv(&joined, texts[i]);
    }
    buf_json_string(&text, (struct sv){joined.p, joined.n});
    if (item) {
        *item = (struct leftover){
            .key = key, .written = arena_copy(&r->c->out->arena, (struct sv){text.p, text.n})};
        r->c->out->failed |= !item->written.p || joined.failed || text.failed;
    }
    buf_release(&joined);
    buf_release(&text);
}

/* A text with escapes, decoded and escaped again, so that one text has one spelling. */
static struct sv respelled(const struct reading *r, const struct json_doc *doc, json_ref at)
{
    struct buf spelled = {0};
    struct sv kept;

    buf_json_string(&spelled, json_text(doc, at, &r->c->out->arena));
    kept = spelled.failed ? SV_NONE
                          : arena_copy(&r->c->out->arena, (struct sv){spelled.p, spelled.n});
    r->c->out->failed |= !kept.p;
    buf_release(&spelled);
    return kept;
}

/* The value as it stands in the line; of a text that is with the quotes around it. */
static struct sv as_written(const struct reading *r, const struct json_doc *doc, json_ref at,
                            bool bare)
{
    struct sv raw = json_raw(doc, at);

    if (bare || json_type(doc, at) != JSON_STRING)
        return raw;
    return doc->tokens[at].escaped ? respelled(r, doc, at) : (struct sv){raw.p - 1, raw.n + 2};
}

static char *put(char *to, struct sv text)
{
    if (text.n)
        memcpy(to, text.p, text.n);
    return to + text.n;
}

struct sv leftover_json(const struct reading *r, const struct leftovers *l)
{
    struct sv values[LEFTOVER_MAX];
    size_t size = 1, n = 0; /* each member takes "key":value and a comma or the last brace */
    char *out = NULL, *end = NULL;

    for (; n < l->n; n++) {
        values[n] = l->item[n].written;
        if (!values[n].p)
            values[n] = as_written(r, l->item[n].doc, l->item[n].at, l->item[n].bare);
        if (size + l->item[n].key.n + values[n].n + 4 > LEFTOVER_MAX_BYTES)
            break;
        size += l->item[n].key.n + values[n].n + 4;
    }
    if (!n)
        return SV_NONE;
    out = end = keep_room(r, size);
    if (!out)
        return SV_NONE;
    for (size_t i = 0; i < n; i++) {
        *end++ = i ? ',' : '{';
        *end++ = '"';
        end = put(end, l->item[i].key);
        *end++ = '"';
        *end++ = ':';
        end = put(end, values[i]);
    }
    *end++ = '}';
    return (struct sv){out, (size_t)(end - out)};
}
