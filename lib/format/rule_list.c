/* rule_list: see the header. */
#include "format/rule_list.h"

#include "base/banned.h"

/* The names found so far. */
struct names {
    struct sv *v;
    size_t n;
};

static bool is_name(struct sv text)
{
    size_t words = 1;

    if (!text.n || text.n > RULE_MOST_BYTES || sv_is(text, "None"))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
            return false;
        words += text.p[i] == ' ';
    }
    return words <= RULE_MOST_WORDS;
}

static void add(struct names *names, struct sv text)
{
    text = sv_trim(text);
    if (names->n < RULES_MOST && is_name(text))
        names->v[names->n++] = text;
}

/* The length of a quoted text that begins behind `from`, up to its closing quote; a backslash keeps
 * the byte behind it. */
static size_t quoted(struct sv text, size_t from, char quote)
{
    size_t i = from;

    while (i < text.n && text.p[i] != quote)
        i += text.p[i] == '\\' ? 2 : 1;
    return (i < text.n ? i : text.n) - from;
}

/* ['pii', "secrets"] */
static void add_quoted(struct names *names, struct sv text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c != '\'' && c != '"')
            continue;
        size_t n = quoted(text, i + 1, c);
        add(names, (struct sv){text.p + i + 1, n});
        i += n + 1;
    }
}

static void add_separated(struct names *names, struct sv text)
{
    for (size_t from = 0, i = 0; i <= text.n; i++)
        if (i == text.n || text.p[i] == ',') {
            add(names, (struct sv){text.p + from, i - from});
            from = i + 1;
        }
}

static void add_text(struct names *names, struct sv text)
{
    text = sv_trim(text);
    if (text.n && (text.p[0] == '[' || text.p[0] == '(' || text.p[0] == '{'))
        add_quoted(names, text);
    else if (!sv_is(text, "set()"))
        add_separated(names, text);
}

size_t rule_list(const struct reading *r, const struct json_doc *d, json_ref at,
                 struct sv out[RULES_MOST])
{
    struct names names = {out, 0};
    json_ref e;

    if (json_type(d, at) == JSON_STRING)
        add_text(&names, scalar_text(r, d, at));
    if (json_type(d, at) != JSON_ARRAY)
        return names.n;
    for (e = json_first(d, at); e != JSON_END; e = json_next(d, at, e)) {
        json_ref text = json_type(d, e) == JSON_OBJECT ? json_get(d, e, "stringValue") : e;

        if (json_type(d, text) == JSON_STRING)
            add(&names, scalar_text(r, d, text));
    }
    return names.n;
}
