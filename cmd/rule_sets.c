/* rule_sets: see the header. */
#include "rule_sets.h"

#include <string.h>
#include <sys/stat.h>
#include "alert/slo.h"
#include "inputs.h"
#include "json/document.h"
#include "base/banned.h"

enum { RULES_MAX_BYTES = 1 << 20 };

const char *rule_set_word(size_t i)
{
    return rules_builtin_names[i];
}

/* A log may be a pipe, which must not be read twice. */
static bool is_small_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= RULES_MAX_BYTES;
}

/* Rules that are no good JSON are to be complained about as rules. */
static bool is_broken_rules(struct sv text)
{
    struct sv body = sv_trim(text);

    if (body.n && body.p[0] == '{')
        body = sv_trim((struct sv){body.p + 1, body.n - 1});
    return sv_starts(body, "\"rules\"") ||
           (sv_find(text, SV("\"rules\"")) >= 0 && sv_find(text, SV("\"metric\"")) >= 0);
}

bool rule_set_is(const char *word)
{
    struct buf text = {0};
    struct error err = {0};
    struct cJSON *document = NULL;
    bool is;

    if (rules_builtin(word))
        return true;
    if (!is_small_file(word) || inputs_small_file(word, RULES_MAX_BYTES, &text, &err)) {
        buf_release(&text);
        return false;
    }
    if (document_parse((struct sv){text.p ? text.p : "", text.n}, word, &document, &err) == OK)
        is = document_get(document, "rules") != NULL;
    else
        is = text.n && is_broken_rules((struct sv){text.p, text.n});
    document_free(document);
    buf_release(&text);
    return is;
}

enum err rule_set_open(const char *name, struct arena *arena, struct rule_set *out,
                       struct error *err)
{
    const char *builtin = rules_builtin(name);
    struct error found = {0};
    struct buf text = {0};
    enum err rc;

    if (builtin)
        return rules_read(sv_from(builtin), name, arena, out, err);
    rc = inputs_small_file(name, RULES_MAX_BYTES, &text, &found);
    if (rc == ERR_IO) {
        const char *near = nearest_of(name, rule_set_word);

        error_set(err, ERR_NOT_FOUND,
                  "%s: %s; rule sets are default, s000, s001, s002, s003, s004%s%s%s", name,
                  found.msg, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
        rc = ERR_NOT_FOUND;
    } else if (rc) {
        *err = found;
    } else {
        rc = rules_read((struct sv){text.p ? text.p : "", text.n}, name, arena, out, err);
    }
    buf_release(&text);
    return rc;
}

enum err slo_open(const char *path, struct arena *arena, struct rule_set *out, struct error *err)
{
    struct error found = {0};
    struct buf text = {0};
    enum err rc = inputs_small_file(path, RULES_MAX_BYTES, &text, &found);

    if (rc)
        *err = found;
    else
        rc = slo_read((struct sv){text.p ? text.p : "", text.n}, path, arena, out, err);
    buf_release(&text);
    return rc;
}

const char *severity_word(size_t i)
{
    return rule_severities[i];
}

enum severity severity_of_word(const char *word)
{
    for (size_t i = 0; word && rule_severities[i]; i++)
        if (strcmp(rule_severities[i], word) == 0)
            return rule_severity_of[i];
    return SEVERITY_COUNT;
}
