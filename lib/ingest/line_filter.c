/* line_filter: see the header. */
#include "ingest/line_filter.h"

#include "base/banned.h"

enum err line_filter_add(struct line_filter *f, const char *term, struct error *err)
{
    const char *equals = strchr(term, '=');
    bool differs = equals && equals > term && equals[-1] == '!';
    size_t n = equals ? (size_t)(equals - term) - differs : 0;

    if (!n || n >= sizeof(f->terms[0].name))
        return error_set(err, ERR_USAGE,
                         "--where %s: expected KEY=VALUE or KEY!=VALUE with the name of a member "
                         "of the lines (judge=gpt-4*)",
                         term);
    if (f->n == LINE_FILTER_MAX)
        return error_set(err, ERR_USAGE, "--where: at most %d of them", LINE_FILTER_MAX);
    memcpy(f->terms[f->n].name, term, n);
    f->terms[f->n].name[n] = '\0';
    f->terms[f->n].glob = sv_from(equals + 1);
    f->terms[f->n].differs = differs;
    f->n++;
    return OK;
}

/* Values are compared as they are written: a text with escapes in it by these. */
static bool matches(const struct json_doc *doc, const char *name, struct sv glob)
{
    json_ref at = json_get(doc, 0, name);

    if (at == JSON_END)
        at = json_path(doc, 0, "metadata", name, NULL);
    return at != JSON_END && json_type(doc, at) != JSON_ARRAY &&
           json_type(doc, at) != JSON_OBJECT && sv_glob(glob, json_raw(doc, at));
}

bool line_filter_keeps(const struct line_filter *f, const struct json_doc *doc)
{
    for (size_t i = 0; i < f->n; i++)
        if (matches(doc, f->terms[i].name, f->terms[i].glob) == f->terms[i].differs)
            return false;
    return true;
}
