/* sse_answers: lines to events, events to answers. */
#include "input/sse_answers.h"

#include "input/json_end.h"

#include "base/banned.h"

#define LINE_HEAD ((size_t)64 << 10) /* what is looked at of a line that goes by */

/* Where the event that has been read puts a border. */
enum border { BORDER_NONE, BORDER_BEHIND, BORDER_BEFORE };

/* Takes "name: value" apart; of a comment the name is empty. */
static void split_field(struct sv line, struct sv *name, struct sv *value)
{
    ptrdiff_t colon = sv_find(line, SV(":"));
    size_t n = colon < 0 ? line.n : (size_t)colon;

    *name = (struct sv){line.p, n};
    *value = colon < 0 ? SV("") : (struct sv){line.p + n + 1, line.n - n - 1};
    if (value->n && value->p[0] == ' ')
        *value = (struct sv){value->p + 1, value->n - 1};
}

bool sse_answers_look(struct sv line)
{
    static const char *const fields[] = {"data:", "event:", "id:", "retry:", ":"};

    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (sv_starts(line, fields[i]))
            return true;
    return false;
}

void sse_answers_start(struct sse_answers *s, struct input *in, size_t max)
{
    *s = (struct sse_answers){
        .p = {.in = in, .max = max}
    };
}

void sse_answers_release(struct sse_answers *s)
{
    buf_release(&s->text);
    buf_release(&s->data);
}

/* What the name of an event says of its place in an answer. */
static enum sse_mark mark_of_name(struct sv name)
{
    static const struct {
        const char *name;
        enum sse_mark mark;
    } marks[] = {
        {"message_start",       SSE_FIRST},
        {"response.created",    SSE_FIRST},
        {"message_stop",        SSE_FINAL},
        {"response.completed",  SSE_FINAL},
        {"response.failed",     SSE_FINAL},
        {"response.incomplete", SSE_FINAL},
    };

    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (sv_is(name, marks[i].name))
            return marks[i].mark;
    return SSE_MIDDLE;
}

/* Removes `first` and the white space before it from the beginning of s. */
static bool take(struct sv *s, const char *first)
{
    *s = sv_trim(*s);
    if (!sv_starts(*s, first))
        return false;
    s->p += strlen(first);
    s->n -= strlen(first);
    return true;
}

/* The same of data whose first member is "type". */
static enum sse_mark mark_of_data(struct sv data)
{
    if (!take(&data, "{") || !take(&data, "\"type\"") || !take(&data, ":") || !take(&data, "\""))
        return SSE_MIDDLE;
    const char *quote = data.n ? memchr(data.p, '"', data.n) : NULL;
    return quote ? mark_of_name((struct sv){data.p, (size_t)(quote - data.p)}) : SSE_MIDDLE;
}

/* A JSON object or array and nothing else, as far as brackets tell. */
static bool is_json(struct sv data)
{
    struct json_end e;

    if (!data.n || (data.p[0] != '{' && data.p[0] != '['))
        return false;
    json_end_begin(&e, data.p[0]);
    return json_end_find(&e, data.p, data.n) == data.n && e.done;
}

static struct sv event_data(const struct sse_answers *s)
{
    return sv_trim((struct sv){s->data.p ? s->data.p : "", s->data.n});
}

static bool is_done(struct sv data)
{
    return sv_is(data, "[DONE]");
}

static void event_reset(struct sse_answers *s)
{
    buf_reset(&s->data);
    s->has_data = false;
    s->mark = SSE_MIDDLE;
}

/* The event is read: its data joins the answer. */
static enum border end_event(struct sse_answers *s)
{
    struct sv data = event_data(s);
    bool has_data = s->has_data;
    enum sse_mark mark = s->mark == SSE_MIDDLE ? mark_of_data(data) : s->mark;
    enum border border = mark == SSE_FINAL || is_done(data) ? BORDER_BEHIND : BORDER_NONE;

    if (has_data && mark == SSE_FIRST && s->any)
        border = BORDER_BEFORE;
    if (has_data && border != BORDER_BEFORE && !is_done(data)) {
        s->any = true;
        if (is_json(data)) {
            buf_str(&s->text, s->objects++ ? "," : "{\"sse\":[");
            buf_sv(&s->text, data);
        }
    }
    event_reset(s);
    return has_data ? border : BORDER_NONE;
}

/* The next line begins a new event though no empty line is before it. */
static bool begins_event(const struct sse_answers *s, struct sv name)
{
    struct sv data = event_data(s);

    if (!s->has_data)
        return false;
    return sv_is(name, "event") || (sv_is(name, "data") && (is_done(data) || is_json(data)));
}

static void add_field(struct sse_answers *s, struct sv name, struct sv value)
{
    if (sv_is(name, "event"))
        s->mark = mark_of_name(sv_trim(value));
    if (!sv_is(name, "data"))
        return;
    if (s->has_data)
        buf_char(&s->data, '\n');
    s->has_data = true;
    buf_sv(&s->data, value);
}

/* Streams past an answer that is too long; what is at `from` of the window begins it, and the line
 * at `at` has not been looked at. */
static enum err pass_over(struct sse_answers *s, size_t from, size_t at, struct line *out,
                          struct error *err)
{
    struct pieces *p = &s->p;
    bool last = s->mark == SSE_FINAL, whole_line = true, begins = true;

    pieces_pass_begin(p, from);
    pieces_pass(p, at - from);
    do {
        const char *lf = p->window.n ? memchr(p->window.p, '\n', p->window.n) : NULL;
        if (!lf && p->window.n < LINE_HEAD && !p->at_end) {
            enum err rc = pieces_more(p, p->window.n, err);
            if (rc) {
                p->stepped_back = true;
                return rc;
            }
            continue;
        }
        size_t n = lf ? (size_t)(lf - p->window.p) + 1 : p->window.n;
        struct sv line = sv_trim((struct sv){p->window.p, n}), name, value;
        split_field(line, &name, &value);
        whole_line = begins && lf;
        if (whole_line && !line.n && last)
            break; /* the empty line behind a last event belongs to what follows */
        if (begins && sv_is(name, "event"))
            last = mark_of_name(sv_trim(value)) == SSE_FINAL;
        if (begins && sv_is(name, "data"))
            last = last || is_done(sv_trim(value)) || mark_of_data(value) == SSE_FINAL;
        begins = lf != NULL;
        pieces_pass(p, n);
    } while (!p->at_end || p->window.n);
    pieces_pass_end(p, last, out);
    return OK;
}

static enum err hand_out(struct sse_answers *s, size_t from, size_t end, bool ended,
                         struct line *out, struct error *err)
{
    if (s->objects)
        buf_str(&s->text, "]}");
    if (s->text.failed || s->data.failed)
        return error_set(err, ERR_NOMEM, "out of memory for the events of an answer");
    pieces_hand_out(&s->p, from, end - from,
                    s->objects ? (struct sv){s->text.p, s->text.n} : SV_NONE, ended, out);
    return OK;
}

/* Goes to the first byte of the next event and begins an answer there. */
static enum err begin_answer(struct sse_answers *s, size_t *from, struct error *err)
{
    enum err rc = OK;

    event_reset(s);
    buf_reset(&s->text);
    s->any = false;
    s->objects = 0;
    if (input_offset(s->p.in) == 0)
        rc = pieces_bom(&s->p, from, err);
    while (!rc) {
        *from = pieces_blank(&s->p, *from, false);
        if (*from < s->p.window.n || s->p.at_end)
            break;
        pieces_skip(&s->p, *from);
        *from = 0;
        rc = pieces_more(&s->p, 0, err);
    }
    return rc;
}

enum err sse_answers_next(struct sse_answers *s, struct line *out, struct error *err)
{
    struct pieces *p = &s->p;
    size_t from = 0;
    enum err rc = p->over ? ERR_EMPTY : begin_answer(s, &from, err);
    size_t at = from, event = from; /* the line, and the event it is in */

    while (!rc) {
        size_t seen = at;
        const char *lf = NULL;
        while (!(lf = seen < p->window.n ? memchr(p->window.p + seen, '\n', p->window.n - seen)
                                         : NULL)) {
            seen = p->window.n > at ? p->window.n : at;
            if (p->at_end || seen - from > p->max)
                break;
            rc = pieces_more(p, seen, err);
            if (rc)
                return rc;
        }
        size_t end = lf ? (size_t)(lf - p->window.p) : p->window.n;
        if (end - from > p->max)
            return pass_over(s, from, at, out, err);
        struct sv line = {p->window.p + at, end - at}, name, value;
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        split_field(line, &name, &value);

        bool finished = at >= p->window.n && p->at_end;
        if (!line.n || begins_event(s, name)) {
            enum border border = end_event(s);
            if (border != BORDER_NONE && s->any)
                return hand_out(s, from, border == BORDER_BEHIND ? at : event, true, out, err);
            if (finished)
                return s->any ? hand_out(s, from, at, false, out, err) : ERR_EMPTY;
            event = line.n ? at : end + 1;
            if (border != BORDER_NONE) /* [DONE] with nothing before it */
                from = event;
        }
        add_field(s, name, value);
        at = lf ? end + 1 : p->window.n;
    }
    return rc;
}
