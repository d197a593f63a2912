/* reader: parses lines, finds their format, puts their records or their quarantine row into a batch. */
#include "ingest/reader.h"

#include <stdio.h>

#include "base/buf.h"
#include "format/aliases.h"
#include "format/junit.h"
#include "format/text_log.h"
#include "ingest/audit_map.h"
#include "ingest/call_texts.h"
#include "ingest/opened.h"
#include "base/banned.h"

enum { BATCH_RECORDS = 1024, BATCH_LINES = 65536, BATCH_TEXT_BYTES = 1 << 20,
       RECALL_PROBE = 20 };

/* Dimensions that --set may stamp; the short names are those of everyday speech. */
static const struct {
    const char *name;
    enum call_field field;
} stamps[] = {
    {"feature",     F_FEATURE    },
    {"user",        F_USER       },
    {"environment", F_ENVIRONMENT},
    {"env",         F_ENVIRONMENT},
    {"service",     F_SERVICE    },
    {"team",        F_TEAM       },
    {"project",     F_PROJECT    },
    {"agent",       F_AGENT      },
    {"tenant",      F_TENANT     },
    {"provider",    F_PROVIDER   },
    {"model",       F_REQUEST_MODEL},
    {"prompt",      F_PROMPT     },
    {"prompt_version", F_PROMPT_VERSION},
};

/* Splits KEY=VAL; false when the key is none that can be stamped. */
static bool stamp_parse(const char *text, enum call_field *field, struct sv *value)
{
    const char *eq = strchr(text, '=');

    if (!eq || !eq[1])
        return false;
    for (size_t i = 0; i < ARRAY_LEN(stamps); i++)
        if (sv_is((struct sv){text, (size_t)(eq - text)}, stamps[i].name)) {
            *field = stamps[i].field;
            *value = sv_from(eq + 1);
            return true;
        }
    return false;
}

static enum err stamps_check(const struct ingest_options *o, struct error *err)
{
    enum call_field field;
    struct sv value;

    for (size_t i = 0; i < o->n_set; i++)
        if (!stamp_parse(o->set[i], &field, &value)) {
            struct buf names = {0};
            for (size_t k = 0; k < ARRAY_LEN(stamps); k++)
                buf_printf(&names, " %s", stamps[k].name);
            error_set(err, ERR_USAGE, "--set %s: expected KEY=VALUE with KEY one of%s", o->set[i],
                      names.p ? names.p : "");
            buf_release(&names);
            return ERR_USAGE;
        }
    return OK;
}

static enum err forced_find(struct reader *r, const char *name, struct error *err)
{
    r->forced = format_find(name);
    if (r->forced)
        return OK;
    struct buf names = {0};
    for (size_t i = 0; formats[i]; i++)
        buf_printf(&names, " %s", formats[i]->name);
    error_set(err, ERR_USAGE, "--from %s: unknown format; known are auto%s", name,
              names.p ? names.p : "");
    buf_release(&names);
    return ERR_USAGE;
}

enum err reader_init(struct reader *r, const struct ingest_options *o, struct error *err)
{
    *r = (struct reader){.options = o,
                         .sampler = {.rate_ppb = o->sample_ppb},
                         .texts = {.no_objects = o->keep.n_drop > 0}};
    enum err rc = stamps_check(o, err);
    if (!rc && o->from && strcmp(o->from, "auto") != 0)
        rc = forced_find(r, o->from, err);
    if (!rc && o->scan)
        rc = scanning_open(o->scan, &r->scanning, err);
    if (!rc)
        rc = keeping_open(&o->keep, &r->keeping, err);
    return rc;
}

void reader_release(struct reader *r)
{
    json_release(&r->doc);
    batch_release(&r->dropped);
    scanning_close(r->scanning);
    keeping_close(r->keeping);
    content_release(&r->texts);
    sampler_release(&r->sampler);
    system_template_release(&r->systems);
}

/* The format of the parsed object that nothing is forced on, or NULL. */
static const struct format *detect(const struct reader *r, struct seen *seen)
{
    const struct format *f = format_detect_seen(&r->doc, seen);

    for (size_t i = 0; r->of_columns && formats[i]; i++)
        if (formats[i] == f || formats[i] == r->of_columns)
            return formats[i];
    return f;
}

/* The format of the parsed line when its lines lean on earlier ones, else NULL. */
static const struct format *stateful_format(const struct reader *r)
{
    const struct format *f = r->forced;
    struct seen seen;

    if (r->options->map && mapping_claims(r->options->map, &r->doc))
        return NULL;
    if (!f)
        f = detect(r, &seen);
    return f && f->stateful ? f : NULL;
}

bool reader_pass(struct reader *r, const struct line *line)
{
    const struct format *f = NULL;
    struct sv kind, field;
    struct error ignored;

    if (!r->leaning && r->passed == RECALL_PROBE)
        return false;
    r->passed++;
    if (line->kind != LINE_TOO_LONG &&
        json_parse(&r->doc, line->text.p, line->text.n, &ignored) == OK)
        f = stateful_format(r);
    if (!f)
        return true;
    r->leaning = true;
    struct line_context c = {.doc = &r->doc, .out = &r->dropped, .line = line->number,
                             .memory = &r->memory, .assume = r->options->assume};
    f->read(&c, &kind, &field, &ignored);
    batch_reset(&r->dropped);
    return true;
}

/* Feeds the lines before `offset` to stateful formats. */
static void recall_lines(struct reader *r, struct elements *e, int64_t offset)
{
    struct line line;
    struct error ignored;

    while (elements_next(e, &line, &ignored) == OK && line.offset < offset)
        if (!reader_pass(r, &line))
            return;
}

static const struct format *format_of_columns(struct reader *r, struct sv columns)
{
    struct error ignored;

    return columns.n && json_parse(&r->doc, columns.p, columns.n, &ignored) == OK
               ? format_detect(&r->doc, NULL)
               : NULL;
}

void reader_begin(struct reader *r, const char *path, struct sv columns, int64_t offset, bool probe)
{
    struct opened o = {0};
    struct error ignored;

    r->holding = true;
    r->n_held = 0;
    r->blank = 0;
    r->text_log = NULL;
    r->last = NULL;
    r->of_columns = format_of_columns(r, columns);
    r->probing = probe && offset == 0;
    r->memory = (struct format_memory){0};
    r->passed = 0;
    r->leaning = false;
    if (offset && opened_open(&o, path, r->options->max_line, &ignored) == OK)
        recall_lines(r, o.pieces, offset);
    opened_close(&o);
}

static void count_skipped(struct reader_counts *c, struct sv kind, int64_t lines)
{
    c->skipped += lines;
    for (size_t i = 0; i < c->n_kinds; i++)
        if (sv_is(kind, c->kinds[i].name)) {
            c->kinds[i].lines += lines;
            return;
        }
    if (c->n_kinds == READER_MAX_KINDS || kind.n >= sizeof(c->kinds[0].name)) {
        c->kinds_other += lines;
        return;
    }
    memcpy(c->kinds[c->n_kinds].name, kind.p, kind.n);
    c->kinds[c->n_kinds].name[kind.n] = '\0';
    c->kinds[c->n_kinds++].lines = lines;
}

/* f NULL: the mapping */
static void count_format(struct reader_counts *c, const struct format *f)
{
    c->by_map += !f;
    for (size_t i = 0; formats[i] && i < READER_MAX_FORMATS; i++)
        if (formats[i] == f)
            c->by_format[i]++;
}

/* One line of input on its way: what the steps below hand to each other. */
struct step {
    struct reader *r;
    const struct line *line;
    const char *path;
    uint32_t source;
    struct batch *b;
    struct reader_counts *c;
};

static void tell(const struct reader *r, const char *path, int64_t line, const char *message)
{
    if (r->options->events.bad_line)
        r->options->events.bad_line(r->options->events.ctx, path, line, message);
}

static void hold(struct reader *r, int64_t line, const char *message)
{
    if (r->n_held == READER_HELD)
        return;
    r->held[r->n_held].line = line;
    snprintf(r->held[r->n_held].message, sizeof(r->held[0].message), "%s", message);
    r->n_held++;
}

static void tell_held(struct reader *r, const char *path)
{
    for (size_t i = 0; i < r->n_held; i++)
        tell(r, path, r->held[i].line, r->held[i].message);
    r->n_held = 0;
    r->holding = false;
}

static void quarantine(const struct step *s, enum quarantine_reason reason, struct sv field,
                       const char *message)
{
    struct quarantine_record *q = batch_add_quarantine(s->b);

    if (!q)
        return;
    q->reason = reason;
    q->field = field.n ? arena_copy(&s->b->arena, field) : SV_NONE;
    if (s->line->kind == LINE_TOO_LONG)
        memcpy(q->sha256, s->line->sha256, sizeof(q->sha256));
    else
        sha256_of(s->line->text.p, s->line->text.n, q->sha256);
    q->id.kind = ID_LINE;
    memcpy(&q->id.line.hi, q->sha256, 8);
    memcpy(&q->id.line.lo, q->sha256 + 8, 8);
    q->offset = s->line->offset;
    q->length = s->line->length;
    q->source = s->source;
    q->line = s->line->number;
    s->c->quarantined++;
    if (s->r->holding && !s->r->text_log)
        s->r->text_log = text_log_note(s->line->text);
    if (s->r->holding)
        hold(s->r, s->line->number, message);
    else
        tell(s->r, s->path, s->line->number, message);
}

static void stamp(const struct step *s, size_t first_call)
{
    const struct ingest_options *o = s->r->options;

    for (size_t i = 0; i < o->n_set; i++) {
        enum call_field field = F_FEATURE;
        struct sv value = SV_NONE;
        if (!stamp_parse(o->set[i], &field, &value))
            continue;
        for (size_t k = first_call; k < s->b->n_calls; k++)
            if (!record_has(&s->b->calls[k], field))
                record_set_dim(&s->b->calls[k], field, value);
    }
}

/* Names the templates of calls that do not: by their system messages, or as somebody found out. */
static void name_templates(const struct step *s, size_t first_call)
{
    const struct ingest_templates *t = &s->r->options->templates;
    bool alone = s->b->n_calls - first_call == 1, asked = !t->of; /* a line has one prompt */

    for (size_t k = first_call; k < s->b->n_calls; k++) {
        struct call_record *call = &s->b->calls[k];

        if (record_has(call, F_TEMPLATE) || record_has(call, F_PROMPT))
            continue;
        record_set_dim(call, F_TEMPLATE,
                       system_template_of(&s->r->systems, &s->r->doc, call, alone, s->b));
        if (!asked && !record_has(call, F_TEMPLATE))
            record_set_dim(call, F_TEMPLATE, t->of(t->ctx, &s->r->doc));
        asked = true;
    }
}

static void sample(const struct step *s, struct batch_mark from)
{
    struct sampler *x = &s->r->sampler;
    int64_t kept = x->kept, left_out = x->left_out;

    sampler_line(x, s->b, from);
    s->c->kept += x->kept - kept;
    s->c->left_out += x->left_out - left_out;
}

static enum quarantine_reason reason_of(const struct reader *r, const struct error *e)
{
    if (e->code == ERR_RANGE)
        return Q_TOO_MANY_VALUES;
    if (json_cut_off(&r->doc))
        return Q_INCOMPLETE;
    return strstr(e->msg, "UTF-8") ? Q_BAD_UTF8 : Q_NOT_JSON;
}

/* A line whose JSON is fine. */
static void read_document(const struct step *s)
{
    struct reader *r = s->r;
    const struct format *f = NULL;
    struct sv kind = SV_NONE, field = SV_NONE;
    struct error e = {0};
    size_t first_call = s->b->n_calls, first_score = s->b->n_scores;
    struct batch_mark before = batch_mark(s->b);
    struct seen seen;
    bool is_object = json_type(&r->doc, 0) == JSON_OBJECT;

    if (r->options->only && !line_filter_keeps(r->options->only, &r->doc)) {
        count_skipped(s->c, SV("left out"), 1);
        return;
    }
    bool mapped = is_object && r->options->map && mapping_claims(r->options->map, &r->doc);

    if (r->keeping)
        keeping_drop(r->keeping, &r->doc);
    if (is_object && !mapped)
        f = r->forced ? r->forced : detect(r, &seen);
    if (!f && !mapped) {
        quarantine(s, Q_UNKNOWN_FORMAT, SV_NONE, "unknown format");
        return;
    }
    if (f)
        r->last = f;
    struct line_bytes bytes = {.text = s->line->text};
    struct line_context c = {.doc = &r->doc,
                             .out = s->b,
                             .bytes = &bytes,
                             .seen = f && !r->forced ? &seen : NULL,
                             .source = s->source,
                             .line = s->line->number,
                             .memory = &r->memory,
                             .assume = r->options->assume,
                             .score_name = r->options->scores.name,
                             .scorer = r->options->scores.scorer,
                             .judge_model = r->options->scores.judge_model,
                             .cluster_key = r->options->cluster_key};
    switch (mapped ? mapping_read(r->options->map, &c, &kind, &field, &e)
                   : f->read(&c, &kind, &field, &e)) {
    case LINE_RECORDS:
        count_format(s->c, f);
        stamp(s, first_call);
        if (r->options->sample_ppb)
            sample(s, before);
        name_templates(s, first_call);
        if (r->keeping)
            keeping_users(r->keeping, s->b, before);
        audit_map_add(&r->options->audit, &c, s->line, s->path, first_call);
        for (size_t i = first_score; i < s->b->n_scores; i++)
            score_rules_apply(&r->options->scores, &s->b->scores[i]);
        if (r->scanning || r->keeping)
            call_texts_show(&r->texts, &r->doc, r->scanning, r->keeping, s->b, first_call);
        if (r->options->calls_only) {
            s->b->n_tools = before.n_tools;
            s->b->n_branches = before.n_branches;
        }
        break;
    case LINE_SKIPPED:
        count_format(s->c, f);
        count_skipped(s->c, kind, 1);
        break;
    case LINE_BAD:
        quarantine(s, Q_BAD_VALUE, field, e.msg);
        break;
    }
}

/* Whether the line is the unfinished end of a growing file. A line of a log of lines is finished
 * when it is a whole JSON value; of other pieces nobody can tell. */
static bool is_unfinished(const struct step *s, enum element_kind kind)
{
    return !s->line->ended && (s->line->kind == LINE_TOO_LONG || kind != ELEMENTS_LINES);
}

/* Returns false when the line is the unfinished end of a growing file and waits. */
static bool read_line(const struct step *s, enum element_kind kind, bool growing,
                      struct error *err)
{
    struct reader *r = s->r;
    struct error e = {0};
    struct sv text = s->line->text;

    if (growing && is_unfinished(s, kind))
        return false;
    if (s->line->kind == LINE_TOO_LONG) {
        char message[80];
        snprintf(message, sizeof(message), "line of %lld bytes is longer than --max-line",
                 (long long)s->line->length);
        quarantine(s, Q_TOO_LONG, SV_NONE, message);
        return true;
    }
    if (!sv_trim(text).n) {
        r->blank++;
        return true;
    }
    enum err rc = json_parse(&r->doc, text.p, text.n, &e);
    if (rc == ERR_NOMEM) {
        s->b->failed = true;
        *err = e;
        return true;
    }
    if (rc && s->line->kind == LINE_LAST && growing && json_cut_off(&r->doc))
        return false;
    if (rc)
        quarantine(s, reason_of(r, &e), SV_NONE, e.msg);
    else
        read_document(s);
    return true;
}

bool reader_line(struct reader *r, const struct line *line, const char *path, uint32_t source,
                 struct batch *b, struct reader_counts *c, struct error *err)
{
    const struct step s = {
        .r = r, .line = line, .path = path, .source = source, .b = b, .c = c};
    size_t before = b->n_quarantined;

    r->holding = false;
    c->lines++;
    read_line(&s, ELEMENTS_LINES, false, err);
    if (b->n_quarantined == before)
        return true;
    b->n_quarantined = before;
    return false;
}

/* Whether somebody reads the parsed line. */
static bool is_known(const struct reader *r)
{
    return json_type(&r->doc, 0) == JSON_OBJECT &&
           (r->forced || (r->options->map && mapping_claims(r->options->map, &r->doc)) ||
            format_detect(&r->doc, NULL));
}

/* Whether any of the lines to come is of a known format; *lines: how many there were, if not. */
static enum err look_ahead(struct reader *r, struct elements *e, bool *known, int64_t *lines,
                           struct error *err)
{
    struct error ignored;
    struct line line;
    enum err rc;

    *known = false;
    *lines = 0;
    while (!*known && (rc = elements_next(e, &line, err)) == OK) {
        ++*lines;
        *known = line.kind != LINE_TOO_LONG &&
                 json_parse(&r->doc, line.text.p, line.text.n, &ignored) == OK && is_known(r);
    }
    return *known || rc == ERR_EMPTY ? OK : rc;
}

enum err reader_look(struct reader *r, struct sv columns, struct sv name, struct elements *e,
                     struct reader_counts *c, bool *known, struct error *err)
{
    int64_t lines = 0;
    enum err rc = OK;

    *known = r->forced || format_of_columns(r, columns);
    if (!*known)
        rc = look_ahead(r, e, known, &lines, err);
    if (!rc && !*known && lines) {
        c->lines += lines;
        count_skipped(c, name, lines);
    }
    return rc;
}

/* Nothing of the input could be read so far, and there was something to read. */
static bool all_unreadable(const struct reader *r, const struct reader_counts *c)
{
    return r->holding && c->quarantined && c->quarantined + r->blank == c->lines;
}

static bool batch_full(const struct batch *b, int64_t lines)
{
    return batch_size(b) >= BATCH_RECORDS || b->arena.used_bytes >= BATCH_TEXT_BYTES ||
           lines >= BATCH_LINES;
}

enum err reader_fill(struct reader *r, struct elements *e, const char *path, uint32_t source,
                     bool growing, struct batch *b, struct reader_counts *c, enum reader_end *end,
                     struct error *err)
{
    struct line line;
    struct step s = {
        .r = r, .line = &line, .path = path, .source = source, .b = b, .c = c};
    int64_t lines = 0;
    size_t quarantined_before = b->n_quarantined;

    for (;;) {
        enum err rc = elements_next(e, &line, err);
        if (rc == ERR_EMPTY && r->text_log && all_unreadable(r, c) &&
            b->n_quarantined - quarantined_before == (size_t)c->quarantined) {
            b->n_quarantined = quarantined_before;
            *end = READER_NO_LOG;
            return OK;
        }
        if (rc == ERR_EMPTY) {
            tell_held(r, path);
            *end = READER_DONE;
            return OK;
        }
        if (rc)
            return error_at(err, path, 0);
        if (!read_line(&s, elements_kind(e), growing, err)) {
            elements_unread_last(e);
            tell_held(r, path);
            c->waiting = 1;
            *end = READER_DONE;
            return OK;
        }
        c->lines++;
        lines++;
        if (b->failed)
            return error_set(err, ERR_NOMEM, "out of memory reading %s", path);
        if (r->holding && c->quarantined + r->blank < c->lines)
            tell_held(r, path);
        if (r->probing && c->quarantined == READER_PROBE && all_unreadable(r, c)) {
            struct error ignored;
            bool known = false;
            int64_t rest;
            (void)!look_ahead(r, e, &known, &rest, &ignored);
            *end = known ? READER_AGAIN : READER_NO_LOG;
            b->n_quarantined = quarantined_before;
            return OK;
        }
        /* While it is still open whether this is a log, nothing of it leaves the batch. */
        if (!(r->probing && r->holding) && batch_full(b, lines)) {
            *end = READER_MORE;
            return OK;
        }
    }
}

enum err reader_xml(struct reader *r, struct input *in, const char *path, uint32_t source,
                    struct batch *b, struct reader_counts *c, struct error *err)
{
    struct buf text = {0};
    struct line line;
    enum err rc;

    r->n_held = 0;
    r->holding = false;
    while ((rc = input_next(in, &line, err)) == OK) {
        if (line.kind == LINE_TOO_LONG || (int64_t)(text.n + line.text.n) > r->options->max_line) {
            rc = error_set(err, ERR_IO, "XML of more than --max-line bytes");
            break;
        }
        buf_sv(&text, line.text);
        buf_char(&text, '\n');
        c->lines++;
    }
    if (rc == ERR_EMPTY) {
        struct line_context context = {.out = b, .source = source, .line = 1,
                                       .assume = r->options->assume,
                                       .line_hash = hash128(text.p, text.n, 0)};
        rc = text.failed ? error_set(err, ERR_NOMEM, "out of memory")
                         : junit_read(text.p, text.n, &context, err);
        if (rc == ERR_PARSE || rc == ERR_RANGE)
            rc = ERR_IO;
    }
    buf_release(&text);
    return rc ? error_at(err, path, 0) : OK;
}
