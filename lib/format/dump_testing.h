/* dump_testing: records as JSON, every field of them, one record a line; and whether a few words
 * about them hold. */
#ifndef LLMOBS_FORMAT_DUMP_TESTING_H
#define LLMOBS_FORMAT_DUMP_TESTING_H

#include "base/buf.h"
#include "format/format_testing.h"

static inline void dump_text(struct buf *b, const char *name, struct sv text)
{
    if (!text.p)
        return;
    buf_printf(b, ",\"%s\":", name);
    buf_json_string(b, text);
}

static inline void dump_number(struct buf *b, const char *name, struct maybe_i64 v)
{
    if (v.known)
        buf_printf(b, ",\"%s\":%lld", name, (long long)v.v);
}

static inline void dump_raw(struct buf *b, const char *name, struct sv json)
{
    if (!json.p)
        return;
    buf_printf(b, ",\"%s\":", name);
    buf_sv(b, json);
}

/* The hash of a line is its place in the file here: the same on every machine, and short. */
static inline void dump_identity(struct buf *b, const char *name, const struct identity *id)
{
    buf_printf(b, ",\"%s\":", name);
    if (id->kind == ID_LINE) {
        buf_str(b, "\"line\"");
        return;
    }
    buf_char(b, '[');
    buf_json_string(b, id->kind == ID_OWN ? id->family : SV("span"));
    buf_char(b, ',');
    buf_json_string(b, id->kind == ID_OWN ? id->own : id->trace_id);
    if (id->kind == ID_SPAN) {
        buf_char(b, ',');
        buf_json_string(b, id->span_id);
    }
    buf_char(b, ']');
}

static inline void dump_call(struct buf *b, const struct call_record *r)
{
    buf_printf(b, "  {\"call\":%lld", (long long)r->line);
    dump_identity(b, "id", &r->id);
    for (int f = 0; f < F_COUNT; f++) {
        if (!record_has(r, (enum call_field)f))
            continue;
        if (f < F_DIM_COUNT)
            dump_text(b, call_fields[f].name, r->dim[f]);
        else
            buf_printf(b, ",\"%s\":%lld", call_fields[f].name,
                       (long long)record_num(r, (enum call_field)f));
    }
    dump_text(b, "session_id", r->session_id);
    dump_text(b, "request_id", r->request_id);
    dump_text(b, "trace_id", r->trace_id);
    dump_text(b, "span_id", r->span_id);
    dump_text(b, "parent_span_id", r->parent_span_id);
    dump_raw(b, "meta", r->meta);
    buf_str(b, "}");
}

static inline void dump_span(struct buf *b, const struct span_record *r)
{
    buf_printf(b, "  {\"span\":%lld", (long long)r->line);
    dump_text(b, "trace_id", r->trace_id);
    dump_text(b, "span_id", r->span_id);
    dump_text(b, "parent_span_id", r->parent_span_id);
    dump_text(b, "name", r->name);
    dump_text(b, "kind", r->kind);
    dump_text(b, "service", r->service);
    dump_text(b, "scope", r->scope);
    dump_text(b, "error_type", r->error_type);
    dump_number(b, "started_us", r->started_us);
    dump_number(b, "ended_us", r->ended_us);
    buf_printf(b, ",\"status\":%d,\"has_usage\":%s", (int)r->status,
               r->has_usage ? "true" : "false");
    dump_raw(b, "attributes", r->attributes);
    buf_str(b, "}");
}

static inline void dump_tool(struct buf *b, const struct tool_record *r)
{
    buf_printf(b, "  {\"tool\":%lld", (long long)r->line);
    dump_identity(b, "id", &r->id);
    if (r->has_call)
        dump_identity(b, "call", &r->call);
    dump_text(b, "request_id", r->request_id);
    dump_text(b, "trace_id", r->trace_id);
    dump_text(b, "span_id", r->span_id);
    dump_text(b, "tool_name", r->tool_name);
    dump_text(b, "tool_version", r->tool_version);
    dump_text(b, "error_kind", r->error_kind);
    dump_number(b, "started_us", r->started_us);
    dump_number(b, "ended_us", r->ended_us);
    dump_number(b, "latency_us", r->latency_us);
    dump_number(b, "status", r->status);
    dump_number(b, "input_chars", r->input_chars);
    dump_number(b, "output_chars", r->output_chars);
    buf_str(b, "}");
}

static inline void dump_branch(struct buf *b, const struct branch_record *r)
{
    buf_printf(b, "  {\"branch\":%lld", (long long)r->line);
    dump_identity(b, "id", &r->id);
    dump_text(b, "request_id", r->request_id);
    dump_text(b, "trace_id", r->trace_id);
    dump_text(b, "from_node", r->from_node);
    dump_text(b, "to_node", r->to_node);
    dump_text(b, "condition", r->condition);
    dump_number(b, "decided_us", r->decided_us);
    dump_number(b, "result", r->result);
    dump_raw(b, "context", r->context);
    buf_str(b, "}");
}

static inline void dump_score(struct buf *b, const struct score_record *r)
{
    buf_printf(b, "  {\"score\":%lld", (long long)r->line);
    dump_identity(b, "id", &r->id);
    buf_printf(b, ",\"target\":%d", (int)r->target);
    if (r->target == TARGET_CALL)
        dump_identity(b, "call", &r->call);
    dump_text(b, "target_id", r->target_id);
    dump_text(b, "name", r->name);
    dump_text(b, "label", r->label);
    dump_text(b, "scorer", r->scorer);
    dump_text(b, "judge_model", r->judge_model);
    dump_text(b, "run", r->run);
    dump_text(b, "cluster", r->cluster);
    if (r->value.known)
        buf_printf(b, ",\"value\":%.17g", r->value.v);
    dump_number(b, "passed", r->passed);
    dump_number(b, "at_us", r->at_us);
    if (r->weight.known)
        buf_printf(b, ",\"weight\":%.17g", r->weight.v);
    buf_str(b, "}");
}

static inline void dump_embedding(struct buf *b, const struct embedding_record *r)
{
    buf_printf(b, "  {\"embedding\":%lld", (long long)r->line);
    dump_identity(b, "id", &r->id);
    dump_identity(b, "call", &r->call);
    buf_printf(b, ",\"role\":%d", (int)r->role);
    dump_text(b, "model", r->model);
    buf_str(b, ",\"vector\":[");
    for (uint32_t i = 0; i < r->dim; i++)
        buf_printf(b, "%s%.9g", i ? "," : "", (double)r->vector[i]);
    buf_str(b, "]}");
}

static inline const char *dump_separator(size_t *n)
{
    return (*n)++ ? ",\n" : "\n";
}

static inline void dump_batch(struct buf *b, const struct batch *batch)
{
    size_t n = 0;

    buf_char(b, '[');
    for (size_t i = 0; i < batch->n_calls; i++)
        buf_str(b, dump_separator(&n)), dump_call(b, &batch->calls[i]);
    for (size_t i = 0; i < batch->n_spans; i++)
        buf_str(b, dump_separator(&n)), dump_span(b, &batch->spans[i]);
    for (size_t i = 0; i < batch->n_tools; i++)
        buf_str(b, dump_separator(&n)), dump_tool(b, &batch->tools[i]);
    for (size_t i = 0; i < batch->n_branches; i++)
        buf_str(b, dump_separator(&n)), dump_branch(b, &batch->branches[i]);
    for (size_t i = 0; i < batch->n_scores; i++)
        buf_str(b, dump_separator(&n)), dump_score(b, &batch->scores[i]);
    for (size_t i = 0; i < batch->n_embeddings; i++)
        buf_str(b, dump_separator(&n)), dump_embedding(b, &batch->embeddings[i]);
    buf_str(b, "\n]\n");
}

/* --- a few words about them --- */

/* How many objects are open at the n-th byte of a record. */
static inline int dump_depth(const char *record, size_t n)
{
    int depth = 0;
    bool in_text = false;

    for (size_t i = 0; i < n; i++) {
        if (in_text && record[i] == '\\')
            i++;
        else if (record[i] == '"')
            in_text = !in_text;
        else if (!in_text)
            depth += (record[i] == '{') - (record[i] == '}');
    }
    return depth;
}

/* Is the member in the record itself, and not in an object that it keeps, such as its meta? */
static inline bool dump_own(const char *record, const struct buf *member, bool whole)
{
    for (const char *at = strstr(record, member->p); at; at = strstr(at + 1, member->p))
        if (dump_depth(record, (size_t)(at - record)) == 1 &&
            (!whole || strchr(",}", at[member->n])))
            return true;
    return false;
}

/* Does a record of this kind have the member, with this value where one is wanted? */
static inline bool dump_member(const char *dump, struct sv kind, struct sv key, struct sv value)
{
    bool found = false;

    for (const char *line = strchr(dump, '\n'); line && !found; line = strchr(line + 1, '\n')) {
        size_t n = strcspn(line + 1, "\n");
        struct buf record = {0}, begin = {0}, text = {0}, other = {0};

        buf_add(&record, line + 1, n);
        buf_printf(&begin, "  {\"%.*s\":", SV_FMT(kind));
        buf_printf(&text, "\"%.*s\":\"%.*s\"", SV_FMT(key), SV_FMT(value));
        buf_printf(&other, "\"%.*s\":%.*s", SV_FMT(key), SV_FMT(value));
        if (strncmp(record.p, begin.p, begin.n) == 0)
            found = dump_own(record.p, &other, value.p) ||
                    (value.p && dump_own(record.p, &text, true));
        buf_release(&record);
        buf_release(&begin);
        buf_release(&text);
        buf_release(&other);
    }
    return found;
}

static inline size_t dump_count(const char *dump, struct sv kind)
{
    struct buf begin = {0};
    size_t n = 0;

    buf_printf(&begin, "\n  {\"%.*s\":", SV_FMT(kind));
    for (const char *at = strstr(dump, begin.p); at; at = strstr(at + 1, begin.p))
        n++;
    buf_release(&begin);
    return n;
}

static inline bool dump_word(const char *dump, struct sv word)
{
    bool absent = word.p[0] == '!';
    const char *equal = memchr(word.p, '=', word.n);
    struct sv key = {word.p + absent, (equal ? (size_t)(equal - word.p) : word.n) - absent};
    struct sv value = {equal ? equal + 1 : NULL, equal ? (size_t)(word.p + word.n - equal - 1) : 0};
    struct sv kind = SV("call");
    const char *dot = memchr(key.p, '.', key.n);

    if (word.p[0] == '#')
        return dump_count(dump, (struct sv){key.p + 1, key.n - 1}) == strtoul(value.p, NULL, 10);
    if (dot) {
        kind = (struct sv){key.p, (size_t)(dot - key.p)};
        key = (struct sv){dot + 1, key.n - kind.n - 1};
    }
    return dump_member(dump, kind, key, value) != absent;
}

/*
 * What the records lack of `want`, words with spaces between them: "#tool=2" two tool records,
 * "input_tokens=5" a call with this field, "!cost_given_nusd" no call with that one,
 * "score.value=1" and "!span.kind" the same of other kinds. NULL when it all holds.
 */
static inline const char *dump_lacks(const struct batch *batch, const char *want)
{
    struct buf dump = {0};
    const char *lacks = NULL;

    dump_batch(&dump, batch);
    for (const char *at = want; *at && !lacks;) {
        size_t n = strcspn(at, " ");

        if (!dump_word(dump.p, (struct sv){at, n}))
            lacks = at;
        at += n + strspn(at + n, " ");
    }
    buf_release(&dump);
    return lacks;
}

#endif
