/* opt: the options of a command as rows of a table over a plain struct. */
#include "opt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/buf.h"
#include "base/banned.h"

/* What is being parsed, so that the steps below have few arguments. */
struct parse {
    struct opt_table *tables;
    size_t n_tables;
    struct arena *arena;
    struct error *err;
    char shown[80]; /* the option as in messages: "--limit", "-f", "LLMOBS_LIMIT" */
};

static enum err out_of_memory(struct parse *p)
{
    return error_set(p->err, ERR_NOMEM, "out of memory reading the command line");
}

/* ---- values ------------------------------------------------------------------------------- */

static enum err bad_choice(struct parse *p, const struct opt *row, const char *text)
{
    const char *near = nearest_of(text, row->words), *word;
    struct buf list = {0};
    enum err rc;

    for (size_t i = 0; (word = row->words(i)); i++)
        buf_printf(&list, "%s%s", i ? ", " : "", word);
    if (list.failed) {
        buf_release(&list);
        return out_of_memory(p);
    }
    rc = near ? error_set(p->err, ERR_USAGE, "%s: no \"%s\"; did you mean %s? (one of %s)",
                          p->shown, text, near, list.p)
              : error_set(p->err, ERR_USAGE, "%s: no \"%s\"; expected one of %s", p->shown, text,
                          list.p);
    buf_release(&list);
    return rc;
}

static enum err set_choice(struct parse *p, const struct opt *row, const char *text, void *field)
{
    const char *word;

    for (size_t i = 0; (word = row->words(i)); i++) {
        if (strcmp(word, text) == 0) {
            *(const char **)field = word;
            return OK;
        }
    }
    return bad_choice(p, row, text);
}

static enum err set_commas(struct parse *p, const char *text, void *field)
{
    while (*text) {
        size_t n = strcspn(text, ",");
        struct sv part = sv_trim((struct sv){text, n});

        if (part.n) {
            const char *copy = text_copy(p->arena, part);

            if (!copy || !text_list_add(field, copy, p->arena))
                return out_of_memory(p);
        }
        text += n + (text[n] == ',');
    }
    return OK;
}

/* The factor of a size's last letter, 0: no such letter. */
static int64_t size_factor(const char *suffix)
{
    static const struct {
        const char *suffix;
        int64_t factor;
    } factors[] = {
        {"",  1               },
        {"k", INT64_C(1) << 10},
        {"M", INT64_C(1) << 20},
        {"G", INT64_C(1) << 30}
    };

    for (size_t i = 0; i < ARRAY_LEN(factors); i++)
        if (strcasecmp(suffix, factors[i].suffix) == 0)
            return factors[i].factor;
    return 0;
}

static enum err set_number(struct parse *p, const struct opt *row, const char *text, void *field)
{
    bool size = row->type == OPT_TYPE_SIZE;
    size_t digits = strspn(text, "0123456789");
    int64_t factor = size ? size_factor(text + digits) : text[digits] ? 0 : 1;
    int64_t v = 0;

    if (!digits || !factor)
        return error_set(p->err, ERR_USAGE, "%s: expected %s, found \"%s\"", p->shown,
                         size ? "a size like 512, 64k, 16M or 1G" : "a whole number", text);
    for (size_t i = 0; i < digits; i++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, text[i] - '0', &v))
            return error_set(p->err, ERR_USAGE, "%s: %s is too large", p->shown, text);
    if (__builtin_mul_overflow(v, factor, &v))
        return error_set(p->err, ERR_USAGE, "%s: %s is too large", p->shown, text);
    if (v < row->min)
        return error_set(p->err, ERR_USAGE, "%s: expected %lld or more, found %s", p->shown,
                         (long long)row->min, text);
    *(int64_t *)field = v;
    return OK;
}

static enum err set_time(struct parse *p, const char *text, void *field)
{
    struct error inner = {0};

    if (when_parse(text, field, &inner))
        return error_set(p->err, ERR_USAGE, "%s: %s", p->shown, inner.msg);
    return OK;
}

/* Stores one value; text is NULL for flags. */
static enum err set_value(struct parse *p, struct opt_table *t, const struct opt *row,
                          const char *text)
{
    void *field = (char *)t->values + row->offset;

    switch (row->type) {
    case OPT_TYPE_FLAG:
    case OPT_TYPE_CLEAR:
        *(bool *)field = row->type == OPT_TYPE_FLAG;
        return OK;
    case OPT_TYPE_TEXT:
        *(const char **)field = text;
        return OK;
    case OPT_TYPE_LIST:
        return text_list_add(field, text, p->arena) ? OK : out_of_memory(p);
    case OPT_TYPE_CHOICE:
        return set_choice(p, row, text, field);
    case OPT_TYPE_COMMAS:
        return set_commas(p, text, field);
    case OPT_TYPE_INT:
    case OPT_TYPE_SIZE:
        return set_number(p, row, text, field);
    case OPT_TYPE_TIME:
        return set_time(p, text, field);
    case OPT_TYPE_END:
        break;
    }
    return OK;
}

/* ---- the command line --------------------------------------------------------------------- */

/* Whether one of them says that the other does not matter. */
static bool are_rivals(const struct opt *a, const struct opt *b)
{
    static const char *const rivals[][2] = {
        {"all",     "limit"},
        {"compact", "wide" }
    };

    for (size_t i = 0; i < ARRAY_LEN(rivals) && a->name && b->name; i++)
        for (size_t k = 0; k < 2; k++)
            if (strcmp(a->name, rivals[i][k]) == 0 && strcmp(b->name, rivals[i][1 - k]) == 0)
                return true;
    return false;
}

static void mark_seen(struct opt_table *t, const struct opt *row)
{
    /* Rows over the same field (--asc, --desc) are given together, so that what is closer than a
     * variable or a file is not undone by its counterpart there; so are rivals. */
    for (size_t i = 0; t->rows[i].type != OPT_TYPE_END; i++)
        if (t->rows[i].offset == row->offset || are_rivals(&t->rows[i], row))
            t->seen |= UINT64_C(1) << i;
}

static bool has_name(const struct opt *row, struct sv name)
{
    return row->name && sv_is(name, row->name);
}

/* The row called name, and its table. */
static const struct opt *find_long(const struct parse *p, struct sv name, struct opt_table **table)
{
    for (size_t t = 0; t < p->n_tables; t++) {
        for (const struct opt *row = p->tables[t].rows; row->type != OPT_TYPE_END; row++) {
            if (has_name(row, name)) {
                *table = &p->tables[t];
                return row;
            }
        }
    }
    return NULL;
}

static const struct opt *find_short(const struct parse *p, char letter, struct opt_table **table)
{
    for (size_t t = 0; t < p->n_tables; t++) {
        for (const struct opt *row = p->tables[t].rows; row->type != OPT_TYPE_END; row++) {
            if (row->letter == letter) {
                *table = &p->tables[t];
                return row;
            }
        }
    }
    return NULL;
}

static enum err unknown_long(struct parse *p, struct sv name)
{
    char wanted[64] = "";
    struct nearest n = {.wanted = wanted};

    if (name.n < sizeof(wanted))
        memcpy(wanted, name.p, name.n);
    for (size_t t = 0; t < p->n_tables && *wanted; t++)
        for (const struct opt *row = p->tables[t].rows; row->type != OPT_TYPE_END; row++)
            if (row->name)
                nearest_offer(&n, row->name);
    if (n.word)
        return error_set(p->err, ERR_USAGE, "unknown option --%.*s; did you mean --%s?",
                         SV_FMT(name), n.word);
    return error_set(p->err, ERR_USAGE, "unknown option --%.*s", SV_FMT(name));
}

/* --name, --name=value or --no-name; uses *next as the value when the row wants one. */
static enum err parse_long(struct parse *p, const char *word, const char *next, bool *used_next)
{
    size_t length = strcspn(word + 2, "=");
    struct sv name = {word + 2, length};
    const char *text = word[2 + length] ? word + 2 + length + 1 : NULL;
    struct opt_table *table = NULL;
    const struct opt *row = find_long(p, name, &table);

    if (!row && sv_starts(name, "no-")) {
        row = find_long(p, (struct sv){name.p + 3, name.n - 3}, &table);
        if (row && row->type == OPT_TYPE_FLAG && !text) {
            *(bool *)((char *)table->values + row->offset) = false;
            mark_seen(table, row);
            return OK;
        }
        row = NULL;
    }
    if (!row)
        return unknown_long(p, name);
    snprintf(p->shown, sizeof(p->shown), "--%s", row->name);
    if (!row->value && text)
        return error_set(p->err, ERR_USAGE, "%s takes no value, found \"%s\"", p->shown, text);
    if (row->value && !text) {
        if (!next)
            return error_set(p->err, ERR_USAGE, "%s needs a value: %s", p->shown, row->value);
        text = next;
        *used_next = true;
    }
    mark_seen(table, row);
    return set_value(p, table, row, text);
}

/* -f, -qv, -fjson or -f json. */
static enum err parse_short(struct parse *p, const char *word, const char *next, bool *used_next)
{
    for (const char *letter = word + 1; *letter; letter++) {
        struct opt_table *table = NULL;
        const struct opt *row = find_short(p, *letter, &table);
        const char *text = NULL;
        enum err rc;

        snprintf(p->shown, sizeof(p->shown), "-%c", *letter);
        if (!row)
            return error_set(p->err, ERR_USAGE, "unknown option %s%s%s", p->shown,
                             letter[1] || letter != word + 1 ? " in " : "",
                             letter[1] || letter != word + 1 ? word : "");
        if (row->value) {
            text = letter[1] ? letter + 1 : next;
            if (!text)
                return error_set(p->err, ERR_USAGE, "%s needs a value: %s", p->shown, row->value);
            *used_next = !letter[1];
        }
        mark_seen(table, row);
        rc = set_value(p, table, row, text);
        if (rc || text)
            return rc;
    }
    return OK;
}

enum err opt_parse(struct opt_table *tables, size_t n_tables, const char *const *words,
                   size_t n_words, struct arena *arena, struct text_list *rest, struct error *err)
{
    struct parse p = {tables, n_tables, arena, err, ""};
    bool options = true;

    for (size_t i = 0; i < n_words; i++) {
        const char *word = words[i], *next = i + 1 < n_words ? words[i + 1] : NULL;
        bool used_next = false;
        enum err rc = OK;

        if (options && strcmp(word, "--") == 0)
            options = false;
        else if (options && strncmp(word, "--", 2) == 0)
            rc = parse_long(&p, word, next, &used_next);
        else if (options && word[0] == '-' && word[1])
            rc = parse_short(&p, word, next, &used_next);
        else if (!text_list_add(rest, word, arena))
            rc = out_of_memory(&p);
        if (rc)
            return rc;
        i += used_next;
    }
    return OK;
}

bool opt_takes_next(const struct opt *const *tables, const char *word)
{
    bool lengthy = strncmp(word, "--", 2) == 0;
    char letter = *word ? word[strlen(word) - 1] : '\0';

    for (; *tables; tables++)
        for (const struct opt *row = *tables; row->type != OPT_TYPE_END; row++)
            if (row->value && (lengthy ? has_name(row, sv_from(word + 2))
                                       : word[0] == '-' && letter && row->letter == letter))
                return true;
    return false;
}

/* ---- the environment ---------------------------------------------------------------------- */

void opt_variable(const struct opt *row, char *out, size_t out_size)
{
    snprintf(out, out_size, "LLMOBS_%s", row->name);
    for (char *c = out; *c; c++)
        *c = (char)(*c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? *c - ('a' - 'A') : *c);
}

static enum err flag_from_text(struct parse *p, const char *text, bool *out)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {
        {"1",     true },
        {"true",  true },
        {"yes",   true },
        {"on",    true },
        {"0",     false},
        {"false", false},
        {"no",    false},
        {"off",   false}
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcasecmp(text, words[i].word) == 0) {
            *out = words[i].value;
            return OK;
        }
    }
    return error_set(p->err, ERR_USAGE, "%s: expected 1 or 0, found \"%s\"", p->shown, text);
}

static bool has_value(const struct opt_table *t, const struct opt *row)
{
    const void *field = (const char *)t->values + row->offset;

    if (row->type == OPT_TYPE_TEXT || row->type == OPT_TYPE_CHOICE)
        return *(const char *const *)field != NULL;
    if (row->type == OPT_TYPE_TIME)
        return ((const struct when *)field)->kind != WHEN_NONE;
    return false;
}

enum err opt_environment(struct opt_table *table, struct arena *arena, struct error *err)
{
    struct parse p = {table, 1, arena, err, ""};

    for (size_t i = 0; table->rows[i].type != OPT_TYPE_END; i++) {
        const struct opt *row = &table->rows[i];
        const char *text;
        bool on = true;
        enum err rc = OK;

        if (!row->name || (table->seen >> i & 1) || has_value(table, row))
            continue;
        opt_variable(row, p.shown, sizeof(p.shown));
        text = getenv(p.shown);
        if (!text || !*text)
            continue;
        if (!row->value)
            rc = flag_from_text(&p, text, &on);
        if (!rc && on)
            rc = set_value(&p, table, row, text);
        if (rc)
            return rc;
        mark_seen(table, row);
    }
    return OK;
}

/* ---- the configuration -------------------------------------------------------------------- */

void opt_key(const struct opt *row, char *out, size_t out_size)
{
    snprintf(out, out_size, "%s", row->name);
    for (char *c = out; *c; c++)
        *c = (char)(*c == '-' ? '_' : *c);
}

/* What the configuration must have for a row; NULL: it has. */
static const char *wanted_instead(const struct opt *row, const struct config_setting *s)
{
    bool text = s->type == JSON_STRING, flag = s->type == JSON_TRUE || s->type == JSON_FALSE;

    switch (row->type) {
    case OPT_TYPE_FLAG:
    case OPT_TYPE_CLEAR:
        return flag ? NULL : "true or false";
    case OPT_TYPE_LIST:
    case OPT_TYPE_COMMAS:
        return text || s->type == JSON_ARRAY ? NULL : "a text or a list of texts";
    case OPT_TYPE_INT:
        return s->type == JSON_NUMBER ? NULL : "a whole number";
    case OPT_TYPE_SIZE:
        return s->type == JSON_NUMBER || text ? NULL : "a size like 512, 64k, 16M or 1G";
    case OPT_TYPE_TEXT:
    case OPT_TYPE_CHOICE:
    case OPT_TYPE_TIME:
    case OPT_TYPE_END:
        break;
    }
    return text ? NULL : "a text";
}

static enum err set_from_config(struct parse *p, struct opt_table *t, const struct opt *row,
                                const struct config_setting *s)
{
    const char *wanted = wanted_instead(row, s);
    const char *found = s->type == JSON_TRUE     ? "true"
                        : s->type == JSON_FALSE  ? "false"
                        : s->type == JSON_ARRAY  ? "a list"
                        : s->type == JSON_NUMBER ? s->texts[0]
                                                 : NULL;
    enum err rc = OK;

    if (wanted && found)
        return error_set(p->err, ERR_USAGE, "%s: expected %s, found %s", p->shown, wanted, found);
    if (wanted)
        return error_set(p->err, ERR_USAGE, "%s: expected %s, found \"%s\"", p->shown, wanted,
                         s->texts[0]);
    if (s->type == JSON_TRUE)
        rc = set_value(p, t, row, NULL);
    for (size_t i = 0; i < s->n_texts && !rc; i++)
        rc = set_value(p, t, row, s->texts[i]);
    return rc;
}

enum err opt_config(struct opt_table *table, const struct config *config, struct arena *arena,
                    struct error *err)
{
    struct parse p = {table, 1, arena, err, "/"};

    for (size_t i = 0; table->rows[i].type != OPT_TYPE_END; i++) {
        const struct opt *row = &table->rows[i];
        const struct config_setting *s;

        if (!row->name || (table->seen >> i & 1) || has_value(table, row))
            continue;
        opt_key(row, p.shown + 1, sizeof(p.shown) - 1);
        s = config_setting(config, p.shown + 1);
        if (!s)
            continue;
        if (set_from_config(&p, table, row, s))
            return error_at(err, s->file, 0);
        mark_seen(table, row);
    }
    return OK;
}

void opt_show(const struct opt_table *table, const struct opt *row, struct buf *out)
{
    const void *field = (const char *)table->values + row->offset;
    const struct text_list *list = field;

    switch (row->type) {
    case OPT_TYPE_FLAG:
    case OPT_TYPE_CLEAR:
        buf_str(out, *(const bool *)field == (row->type == OPT_TYPE_FLAG) ? "true" : "false");
        break;
    case OPT_TYPE_TEXT:
    case OPT_TYPE_CHOICE:
        buf_str(out, *(const char *const *)field);
        break;
    case OPT_TYPE_LIST:
    case OPT_TYPE_COMMAS:
        for (size_t i = 0; i < list->n; i++)
            buf_printf(out, "%s%s", i ? "," : "", list->v[i]);
        break;
    case OPT_TYPE_INT:
    case OPT_TYPE_SIZE:
        buf_i64(out, *(const int64_t *)field);
        break;
    case OPT_TYPE_TIME:
        buf_str(out, ((const struct when *)field)->text);
        break;
    case OPT_TYPE_END:
        break;
    }
}
