/* leftover: scalars that no field takes, kept as one JSON object with sorted keys. */
#include "format/leftover.h"

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

    for (size_t i = 0; i < text.n; i++)
        words += text.p[i] == ' ';
    return raw.n <= PRIVACY_MAX_TEXT && words <= LABEL_WORDS &&
           !(text.n && (text.p[0] == '{' || text.p[0] == '['));
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

void leftover_add(struct leftovers *l, struct sv key, const struct json_doc *doc, json_ref value,
                  unsigned how)
{
    size_t at = l->n;
    int order = 1;

    bool bare = (how & LEFTOVER_INTEGER) && json_type(doc, value) == JSON_STRING;

    if (!is_kept(doc, value) || (bare && !is_integer(json_raw(doc, value))) || !is_name(key) ||
        privacy_is_content(key))
        return;
    while (at && (order = sv_cmp(l->item[at - 1].key, key)) > 0)
        at--;
    if (at && order == 0) {
        if (how & LEFTOVER_WEAK)
            return;
        at--;
    } else if (l->n == LEFTOVER_MAX) {
        return;
    } else {
        memmove(&l->item[at + 1], &l->item[at], (l->n - at) * sizeof(l->item[0]));
        l->n++;
    }
    l->item[at].key = key;
    l->item[at].doc = doc;
    l->item[at].at = value;
    l->item[at].bare = bare;
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
