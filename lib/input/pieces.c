/* pieces: a window on the input, and pieces of it. */
#include "input/pieces.h"

#include "base/banned.h"

enum err pieces_more(struct pieces *p, size_t seen, struct error *err)
{
    enum err rc = input_peek(p->in, seen, &p->window, err);

    if (!rc)
        p->at_end = p->window.n <= seen;
    return rc;
}

enum err pieces_bom(struct pieces *p, size_t *length, struct error *err)
{
    enum err rc = pieces_more(p, 2, err);

    *length = !rc && p->window.n >= 3 && memcmp(p->window.p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    return rc;
}

void pieces_skip(struct pieces *p, size_t n)
{
    input_skip(p->in, n);
    p->window.p += n;
    p->window.n -= n;
}

/* The bytes of the window from `from` on become a piece of their own. */
static struct line place(struct pieces *p, size_t from)
{
    pieces_skip(p, from);
    return (struct line){.number = input_lines(p->in) + 1, .offset = input_offset(p->in)};
}

void pieces_hand_out(struct pieces *p, size_t from, size_t n, struct sv text, bool ended,
                     struct line *out)
{
    if (!ended)
        input_get_mark(p->in, &p->before);
    *out = place(p, from);
    out->text = text.p ? text : (struct sv){p->window.p, n};
    out->made = text.p != NULL;
    if (input_has_bytes(p->in))
        out->bytes = (struct sv){p->window.p, n};
    out->length = (int64_t)n;
    out->kind = ended ? LINE_COMPLETE : LINE_LAST;
    out->ended = ended;
    pieces_skip(p, ended ? n : p->window.n);
    p->over = !ended;
}

void pieces_pass_begin(struct pieces *p, size_t from)
{
    input_get_mark(p->in, &p->before);
    p->passing = place(p, from);
    p->kept = 0;
    sha256_init(&p->sha);
}

void pieces_pass(struct pieces *p, size_t n)
{
    size_t room = sizeof(p->sample) - p->kept;
    size_t keep = n < room ? n : room;

    memcpy(p->sample + p->kept, p->window.p, keep);
    p->kept += keep;
    sha256_add(&p->sha, p->window.p, n);
    p->passing.length += (int64_t)n;
    pieces_skip(p, n);
}

void pieces_pass_end(struct pieces *p, bool ended, struct line *out)
{
    *out = p->passing;
    out->kind = LINE_TOO_LONG;
    out->ended = ended;
    out->text = (struct sv){p->sample, p->kept};
    sha256_final(&p->sha, out->sha256);
    p->over = !ended;
}

void pieces_unread_last(struct pieces *p)
{
    p->stepped_back = p->stepped_back || p->over;
}

void pieces_get_mark(const struct pieces *p, struct input_mark *out)
{
    if (p->stepped_back)
        *out = p->before;
    else
        input_get_mark(p->in, out);
}

size_t pieces_blank(const struct pieces *p, size_t at, bool commas)
{
    const char *text = p->window.p;

    while (at < p->window.n && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' ||
                                text[at] == '\t' || (commas && text[at] == ',')))
        at++;
    return at;
}
