/* shipped_lines: takes what a container's runtime put around a line, and joins a line's parts. */
#include "input/shipped_lines.h"

#include "base/banned.h"

#define DOCKER_PART ((size_t)16 << 10) /* bytes after which Docker cuts a line */
#define STAMP_MAX 40                   /* bytes of a time with nanoseconds and an offset */

static const struct sv docker_head = SV_INIT("{\"log\":\"");
static const struct sv docker_stream = SV_INIT("\",\"stream\":\"");

/* A line taken apart. */
struct shipped {
    enum shipped_form form;
    struct sv content; /* what the program wrote; of Docker as JSON, without its quotes */
    struct sv stream;
    struct sv time; /* of CRI and timed lines */
    struct sv rest; /* of Docker: all behind the content */
    bool part;      /* more of the line follows */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 2026-03-01T08:00:00 and a fraction or not, Z or an offset; *n is its length. */
static bool begins_with_stamp(struct sv s, size_t *n, size_t *fraction)
{
    static const char like[] = "0000-00-00T00:00:00";
    size_t at = sizeof(like) - 1;

    if (s.n <= at)
        return false;
    for (size_t i = 0; i < at; i++)
        if (like[i] == '0' ? !is_digit(s.p[i]) : s.p[i] != like[i])
            return false;
    *fraction = 0;
    if (s.p[at] == '.')
        for (at++; at < s.n && is_digit(s.p[at]); at++)
            (*fraction)++;
    if (at < s.n && s.p[at] == 'Z')
        at++;
    else
        while (at < s.n && (is_digit(s.p[at]) || strchr("+-:", s.p[at])) && s.p[at] &&
               at < STAMP_MAX)
            at++;
    *n = at;
    return at < s.n && s.p[at] == ' ';
}

/* "stdout F " or "stderr P ", also with further tags: "F:tag". */
static bool take_cri_tags(struct sv *s, struct shipped *out)
{
    size_t n = 8;

    if ((!sv_starts(*s, "stdout ") && !sv_starts(*s, "stderr ")) || s->n < n ||
        (s->p[7] != 'F' && s->p[7] != 'P') || (s->n > n && s->p[n] != ' ' && s->p[n] != ':'))
        return false;
    out->stream = (struct sv){s->p, 6};
    out->part = s->p[7] == 'P';
    while (n < s->n && s->p[n] != ' ')
        n++;
    n += n < s->n; /* the blank, which an empty line may lack */
    *s = (struct sv){s->p + n, s->n - n};
    return true;
}

/* The last place of "needle" in s, or -1. */
static ptrdiff_t find_last(struct sv s, struct sv needle)
{
    for (size_t at = s.n < needle.n ? 0 : s.n - needle.n + 1; at > 0; at--)
        if (memcmp(s.p + at - 1, needle.p, needle.n) == 0)
            return (ptrdiff_t)(at - 1);
    return -1;
}

/* JSON text, without quotes, that ends with a line end. */
static bool ends_with_line(struct sv content)
{
    size_t slashes = 0;

    if (!content.n || content.p[content.n - 1] != 'n')
        return false;
    while (slashes + 1 < content.n && content.p[content.n - 2 - slashes] == '\\')
        slashes++;
    return slashes % 2 == 1;
}

static bool take_docker(struct sv line, struct shipped *out)
{
    ptrdiff_t at = sv_starts(line, docker_head.p) ? find_last(line, docker_stream) : -1;
    const char *end = NULL;

    if (at < (ptrdiff_t)docker_head.n || line.p[line.n - 1] != '}')
        return false;
    out->rest = (struct sv){line.p + at, line.n - (size_t)at};
    out->content = (struct sv){line.p + docker_head.n, (size_t)at - docker_head.n};
    out->stream = (struct sv){out->rest.p + docker_stream.n, out->rest.n - docker_stream.n};
    end = memchr(out->stream.p, '"', out->stream.n);
    out->stream.n = end ? (size_t)(end - out->stream.p) : 0;
    out->part = out->content.n >= DOCKER_PART && !ends_with_line(out->content);
    return out->stream.n > 0 && out->stream.n < sizeof(((struct shipped_lines *)0)->absorbed);
}

static struct shipped take_apart(struct sv line)
{
    struct shipped out = {SHIPPED_NONE, SV_NONE, SV_NONE, SV_NONE, SV_NONE, false};
    size_t n = 0, fraction = 0;

    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    if (take_docker(line, &out)) {
        out.form = SHIPPED_DOCKER;
        return out;
    }
    out.part = false;
    if (!begins_with_stamp(line, &n, &fraction))
        return out;
    out.time = (struct sv){line.p, n};
    out.content = (struct sv){line.p + n + 1, line.n - n - 1};
    out.form = take_cri_tags(&out.content, &out) ? SHIPPED_CRI : SHIPPED_TIMED;
    return out;
}

/* Many logs begin their lines with a time. A runtime's has nanoseconds, or JSON comes behind it. */
enum shipped_form shipped_lines_look(struct sv line)
{
    struct shipped s = take_apart(line);
    size_t n = 0, fraction = 0;

    if (s.form != SHIPPED_TIMED)
        return s.form;
    begins_with_stamp(line, &n, &fraction);
    return fraction == 9 || sv_starts(s.content, "{") ? SHIPPED_TIMED : SHIPPED_NONE;
}

void shipped_lines_start(struct shipped_lines *s, struct input *in, size_t max)
{
    *s = (struct shipped_lines){
        .p = {.in = in, .max = max}
    };
}

void shipped_lines_release(struct shipped_lines *s)
{
    buf_release(&s->text);
    buf_release(&s->content);
}

/* --- a piece's text --- */

static void add_content(struct shipped_lines *s, const struct shipped *line)
{
    buf_sv(&s->content, line->content);
}

/* All contents in Docker's form; of the last line is what stands around them. */
static void make_text(struct shipped_lines *s, const struct shipped *last)
{
    struct sv content = {s->content.p, s->content.n};

    buf_reset(&s->text);
    if (last->form == SHIPPED_DOCKER) {
        buf_sv(&s->text, docker_head);
        buf_sv(&s->text, content);
        buf_sv(&s->text, last->rest);
        return;
    }
    buf_str(&s->text, "{\"log\":");
    buf_json_string(&s->text, content);
    if (last->stream.n) {
        buf_str(&s->text, ",\"stream\":");
        buf_json_string(&s->text, last->stream);
    }
    buf_str(&s->text, ",\"time\":");
    buf_json_string(&s->text, last->time);
    buf_char(&s->text, '}');
}

/* --- lines --- */

/* A line in the window: [at, end) without its \n. */
struct span {
    size_t at, end;
    bool whole; /* \n follows */
};

static struct shipped apart(const struct shipped_lines *s, struct span l)
{
    return take_apart((struct sv){s->p.window.p + l.at, l.end - l.at});
}

/* Finds the end of the line at l->at. It is too long when it ends more than max bytes behind
 * `from`, and may go on then. */
static enum err find_end(struct shipped_lines *s, size_t from, struct span *l, struct error *err)
{
    struct pieces *p = &s->p;
    size_t seen = l->at;

    for (;;) {
        const char *lf =
            seen < p->window.n ? memchr(p->window.p + seen, '\n', p->window.n - seen) : NULL;
        l->whole = lf != NULL;
        l->end = lf ? (size_t)(lf - p->window.p) : p->window.n > l->at ? p->window.n : l->at;
        if (lf || p->at_end || l->end - from > p->max)
            return OK;
        seen = l->end;
        enum err rc = pieces_more(p, seen, err);
        if (rc)
            return rc;
    }
}

/* Streams past the line at `at` of the window; what is at `from` begins the piece. */
static enum err pass_over(struct shipped_lines *s, size_t from, size_t at, struct line *out,
                          struct error *err)
{
    struct pieces *p = &s->p;
    bool whole = false;

    pieces_pass_begin(p, from);
    pieces_pass(p, at - from);
    while (!whole) {
        const char *lf = p->window.n ? memchr(p->window.p, '\n', p->window.n) : NULL;
        whole = lf != NULL;
        pieces_pass(p, lf ? (size_t)(lf - p->window.p) : p->window.n);
        if (whole || p->at_end)
            break;
        enum err rc = pieces_more(p, 0, err);
        if (rc) {
            p->stepped_back = true;
            return rc;
        }
    }
    pieces_pass_end(p, whole, out);
    if (whole)
        pieces_skip(p, 1);
    return OK;
}

/* Of a piece that is too long the parts to come, if there are any, belong to it. */
static void absorb(struct shipped_lines *s, const struct shipped *line)
{
    s->absorbed[0] = '\0';
    if (!line->part)
        return;
    memcpy(s->absorbed, line->stream.p, line->stream.n);
    s->absorbed[line->stream.n] = '\0';
}

static enum err skip_absorbed(struct shipped_lines *s, size_t from, struct error *err)
{
    struct span l = {.at = from};

    while (s->absorbed[0]) {
        enum err rc = find_end(s, l.at, &l, err);
        if (rc)
            return rc;
        struct shipped line = apart(s, l);
        if (!l.whole || l.end - l.at > s->p.max || !line.form || !sv_is(line.stream, s->absorbed)) {
            s->absorbed[0] = '\0';
            return OK;
        }
        absorb(s, &line);
        pieces_skip(&s->p, l.end + 1);
        l.at = 0;
    }
    return OK;
}

static enum err hand_out(struct shipped_lines *s, size_t from, struct span last, bool made,
                         bool ended, struct line *out, struct error *err)
{
    if (s->text.failed || s->content.failed)
        return error_set(err, ERR_NOMEM, "out of memory for a line");
    pieces_hand_out(&s->p, from, last.end - from,
                    made ? (struct sv){s->text.p, s->text.n} : SV_NONE, ended, out);
    if (ended)
        pieces_skip(&s->p, 1);
    return OK;
}

/* The piece that begins with a line that was found; the parts of one line. */
static enum err join(struct shipped_lines *s, struct span last, struct line *out, struct error *err)
{
    size_t from = last.at;
    struct shipped line = apart(s, last);
    bool ended = last.whole;

    buf_reset(&s->content);
    add_content(s, &line);
    while (line.part && ended) {
        struct span next = {.at = last.end + 1};
        enum err rc = find_end(s, from, &next, err);
        if (rc)
            return rc;
        line = apart(s, last); /* the window may have moved */
        if (next.end - from > s->p.max) {
            absorb(s, &line);
            return pass_over(s, from, next.at, out, err);
        }
        struct shipped more = apart(s, next);
        ended = next.whole || next.end > next.at; /* else the input ends before the last part */
        if (!ended || more.form != line.form || !sv_eq(more.stream, line.stream))
            break;
        add_content(s, &more);
        last = next;
        line = more;
        ended = next.whole;
    }
    make_text(s, &line);
    return hand_out(s, from, last, true, ended, out, err);
}

enum err shipped_lines_next(struct shipped_lines *s, struct line *out, struct error *err)
{
    struct pieces *p = &s->p;
    struct span l = {0};
    enum err rc = OK;

    if (p->over)
        return ERR_EMPTY;
    if (input_offset(p->in) == 0)
        rc = pieces_bom(p, &l.at, err);
    if (!rc)
        rc = skip_absorbed(s, l.at, err);
    if (!rc)
        rc = find_end(s, l.at, &l, err);
    if (rc)
        return rc;
    if (l.end == l.at && !l.whole)
        return ERR_EMPTY;
    if (l.end - l.at > p->max)
        return pass_over(s, l.at, l.at, out, err);
    struct shipped line = apart(s, l);
    bool as_it_stands = line.form == SHIPPED_NONE || (line.form == SHIPPED_DOCKER && !line.part);
    return as_it_stands ? hand_out(s, l.at, l, false, l.whole, out, err) : join(s, l, out, err);
}
