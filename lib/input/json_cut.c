/* json_cut: walks down to what fits into a piece, keeping the text around it. */
#include "input/json_cut.h"

#include "base/banned.h"

#define RUN_BYTES ((size_t)1 << 20)
#define BLANK_BYTES ((size_t)64 << 10) /* of what is kept or blank: no more waits in the window */

/* How a value ended. */
enum fit {
    FIT_WHOLE,
    FIT_NOT, /* longer than the limit, or to be gone into because reading begins inside it */
    FIT_CUT, /* the input ends inside it */
};

/* What a step has come to. */
enum step { STEP_ON, STEP_PIECE, STEP_END, STEP_FAILED };

void json_cut_init(struct json_cut *c, struct input *in, size_t max)
{
    *c = (struct json_cut){
        .p = {.in = in, .max = max}
    };
}

void json_cut_release(struct json_cut *c)
{
    buf_release(&c->text);
}

static struct json_cut_level *top(struct json_cut *c)
{
    return c->depth ? &c->levels[c->depth - 1] : NULL;
}

/* Documents and elements of an array at the top: they are handed out as they stand. */
static bool at_surface(struct json_cut *c)
{
    return !c->depth || top(c)->kind == CUT_LIST;
}

static char here(const struct json_cut *c)
{
    return c->p.window.p[c->at];
}

/* Consumes the window up to `at` but not beyond where handing out begins. */
static void drop_passed(struct json_cut *c)
{
    int64_t left = c->quiet_until - input_offset(c->p.in);
    size_t n = c->at;

    if (c->quiet_until && left < (int64_t)n)
        n = left > 0 ? (size_t)left : 0;
    pieces_skip(&c->p, n);
    c->at -= n;
}

/* So much white space follows a run that it should not wait for it. */
static bool run_is_far(const struct json_cut *c)
{
    return c->in_run && c->at - c->run_end > BLANK_BYTES;
}

/* Goes to the next byte that is no white space. At the end of the input, `at` is window.n. */
static enum err skip_blank(struct json_cut *c, struct error *err)
{
    if (input_offset(c->p.in) == 0 && c->at == 0) {
        enum err rc = pieces_bom(&c->p, &c->at, err);
        if (rc)
            return rc;
    }
    for (;;) {
        c->at = pieces_blank(&c->p, c->at, true);
        if (c->at > BLANK_BYTES && !c->in_run)
            drop_passed(c);
        if (run_is_far(c))
            return OK;
        if (c->at < c->p.window.n || c->p.at_end)
            return OK;
        enum err rc = pieces_more(&c->p, c->at, err);
        if (rc)
            return rc;
    }
}

static bool opens(char first)
{
    return first == '{' || first == '[';
}

/* Measures the value at `at`, of at most limit bytes. */
static enum err measure(struct json_cut *c, size_t limit, size_t *length, enum fit *fit,
                        struct error *err)
{
    struct json_end e;
    size_t n = 0;

    json_end_begin(&e, here(c));
    for (;;) {
        size_t left = c->p.window.n - c->at - n;
        size_t most = limit + 1 - n; /* one more than fits shows that it does not */
        n += json_end_find(&e, c->p.window.p + c->at + n, left < most ? left : most);
        *length = n;
        if (n > limit) {
            *fit = FIT_NOT;
            return OK;
        }
        if (e.done || c->p.at_end)
            break;
        enum err rc = pieces_more(&c->p, c->at + n, err);
        if (rc)
            return rc;
    }
    *fit = e.done ? FIT_WHOLE : FIT_CUT;
    if (c->quiet_until &&
        (!e.done || input_offset(c->p.in) + (int64_t)(c->at + n) > c->quiet_until))
        *fit = FIT_NOT;
    return OK;
}

/* Room for members in the kept text, and for a run behind it. */
static size_t room(const struct json_cut *c, size_t max)
{
    return c->text.n < max ? max - c->text.n : 0;
}

static void piece_done(struct json_cut *c)
{
    c->at = 0;
    c->in_run = false;
}

/* Hands out n bytes at `from` as they stand. */
static enum step hand_out_view(struct json_cut *c, size_t from, size_t n, bool ended,
                               struct line *out)
{
    pieces_hand_out(&c->p, from, n, SV_NONE, ended, out);
    piece_done(c);
    return STEP_PIECE;
}

/*
 * Hands out the kept text with the bytes [add, end) of the window behind it; closed if ended. It
 * stands for the bytes from `from` on.
 */
static enum step hand_out_envelope(struct json_cut *c, size_t from, size_t add, size_t end,
                                   bool ended, struct line *out, struct error *err)
{
    size_t kept = c->text.n;

    buf_add(&c->text, c->p.window.p + add, end - add);
    for (size_t i = c->depth; ended && i-- > 0;)
        if (c->levels[i].kind != CUT_LIST)
            buf_char(&c->text, c->levels[i].kind == CUT_ARRAY ? ']' : '}');
    if (c->text.failed) {
        error_set(err, ERR_NOMEM, "out of memory for a piece of a document");
        return STEP_FAILED;
    }
    pieces_hand_out(&c->p, from, end - from, (struct sv){c->text.p, c->text.n}, ended, out);
    c->text.n = kept; /* what is behind it lives until more is kept */
    c->news = false;
    piece_done(c);
    return STEP_PIECE;
}

static enum step hand_out_run(struct json_cut *c, struct line *out, struct error *err)
{
    return hand_out_envelope(c, c->run, c->run, c->run_end, true, out, err);
}

/* What is kept and what follows it, when the input ends inside a value. */
static enum step hand_out_rest(struct json_cut *c, struct line *out, struct error *err)
{
    size_t from = pieces_blank(&c->p, 0, true);

    return hand_out_envelope(c, from < c->at ? from : c->at, c->at, c->p.window.n, false, out, err);
}

/* Streams past what is too long: from `from` of the window to where e, which stands at `at`, ends.
 */
static enum step pass_over(struct json_cut *c, size_t from, struct json_end e, struct line *out,
                           struct error *err)
{
    size_t head = c->at - from;

    pieces_pass_begin(&c->p, from);
    pieces_pass(&c->p, head);
    piece_done(c);
    do {
        pieces_pass(&c->p, json_end_find(&e, c->p.window.p, c->p.window.n));
        if (e.done)
            break;
        if (pieces_more(&c->p, 0, err)) {
            c->p.stepped_back = true;
            return STEP_FAILED;
        }
    } while (c->p.window.n);
    pieces_pass_end(&c->p, e.done, out);
    return STEP_PIECE;
}

static enum step pass_over_value(struct json_cut *c, struct line *out, struct error *err)
{
    struct json_end e;

    json_end_begin(&e, here(c));
    return pass_over(c, c->at, e, out, err);
}

/* Leaves the levels from n on; what is kept of them goes with them, unless an object keeps it. */
static void leave(struct json_cut *c, size_t n)
{
    if (n == 0 || c->levels[n - 1].kind != CUT_OBJECT)
        c->text.n = c->levels[n].kept;
    c->depth = n;
    if (at_surface(c))
        c->news = false;
}

/* The rest of the innermost element of an array, or document, that the object at the top is in. */
static enum step pass_over_rest(struct json_cut *c, struct line *out, struct error *err)
{
    struct json_end e;
    size_t n = c->depth - 1;

    while (n && c->levels[n - 1].kind == CUT_OBJECT)
        n--;
    int64_t from = c->levels[n].start - input_offset(c->p.in);
    json_end_inside(&e, c->depth - n);
    leave(c, n);
    return pass_over(c, from > 0 ? (size_t)from : pieces_blank(&c->p, 0, true), e, out, err);
}

/* Text that cannot stand where it stands: the rest of the line, after which everything begins anew.
 */
static enum step pass_line(struct json_cut *c, struct line *out, struct error *err)
{
    size_t from = at_surface(c) ? c->at : 0;
    struct json_end e;

    c->depth = c->text.n = 0;
    c->news = false;
    json_end_line(&e);
    size_t end = c->at;
    for (;;) {
        end += json_end_find(&e, c->p.window.p + end, c->p.window.n - end);
        if (end - from > c->p.max) {
            json_end_line(&e);
            return pass_over(c, from, e, out, err);
        }
        if (e.done || c->p.at_end)
            break;
        if (pieces_more(&c->p, end, err))
            return STEP_FAILED;
    }
    int64_t quiet = c->quiet_until - input_offset(c->p.in);
    if (c->quiet_until && quiet < (int64_t)end) {
        c->at = (size_t)quiet; /* the part before it was handed out when it was all there was */
        return STEP_ON;
    }
    return hand_out_view(c, from, end - from, e.done, out);
}

/* Goes into the container at `at`; false when that would be too deep. */
static bool enter(struct json_cut *c, bool list)
{
    char bracket = here(c);

    if (c->depth == JSON_CUT_OPEN)
        return false;
    if (c->depth && top(c)->kind == CUT_OBJECT)
        top(c)->want = WANT_KEY;
    c->levels[c->depth++] = (struct json_cut_level){
        .kind = list             ? CUT_LIST
                : bracket == '[' ? CUT_ARRAY
                                 : CUT_OBJECT,
        .want = WANT_KEY,
        .kept = c->text.n,
        .start = input_offset(c->p.in) + (int64_t)c->at,
    };
    if (!list)
        buf_char(&c->text, bracket);
    c->at++;
    return true;
}

static enum step surface_step(struct json_cut *c, struct line *out, struct error *err)
{
    size_t n;
    enum fit fit;

    if (c->depth && here(c) == ']') {
        leave(c, 0);
        c->at++;
        return STEP_ON;
    }
    if (!c->depth && here(c) == '[') {
        enter(c, true);
        return STEP_ON;
    }
    if (!c->depth && here(c) != '{')
        return pass_line(c, out, err);
    if (measure(c, c->p.max, &n, &fit, err))
        return STEP_FAILED;
    if (!n)
        return pass_line(c, out, err);
    if (fit != FIT_NOT)
        return hand_out_view(c, c->at, n, fit == FIT_WHOLE, out);
    if (opens(here(c)) && enter(c, false))
        return STEP_ON;
    return pass_over_value(c, out, err);
}

/* The length that a run may have: long against what is kept, which stands before each. */
static size_t longest_run(const struct json_cut *c)
{
    size_t most = room(c, c->p.max);
    size_t want = c->text.n > RUN_BYTES ? c->text.n : RUN_BYTES;

    return want < most ? want : most;
}

static enum step array_step(struct json_cut *c, struct line *out, struct error *err)
{
    size_t n = 0;
    enum fit fit = FIT_NOT;
    bool closes = here(c) == ']';

    if (!closes && measure(c, room(c, c->p.max), &n, &fit, err))
        return STEP_FAILED;
    bool joins = fit == FIT_WHOLE && n && (!c->in_run || c->at + n - c->run <= longest_run(c));
    if (c->in_run && !joins)
        return hand_out_run(c, out, err);
    if (joins) {
        if (!c->in_run)
            c->run = c->at;
        c->in_run = true;
        c->run_end = c->at += n;
        return STEP_ON;
    }
    if (closes) {
        buf_char(&c->text, ']');
        leave(c, c->depth - 1);
        c->at++;
        return STEP_ON;
    }
    if (!n)
        return pass_line(c, out, err);
    if (fit == FIT_CUT)
        return hand_out_rest(c, out, err);
    if (opens(here(c)) && enter(c, false))
        return STEP_ON;
    return pass_over_value(c, out, err);
}

static enum step close_object(struct json_cut *c, struct line *out, struct error *err)
{
    bool inside_object = c->depth > 1 && c->levels[c->depth - 2].kind == CUT_OBJECT;
    enum step step = STEP_ON;

    c->at++;
    if (inside_object)
        buf_char(&c->text, '}');
    else if (c->news)
        step = hand_out_envelope(c, pieces_blank(&c->p, 0, true), c->at, c->at, true, out, err);
    if (step != STEP_FAILED)
        leave(c, c->depth - 1);
    return step;
}

/* A key or value of an object, which is kept if it can be. */
static enum step member_step(struct json_cut *c, struct line *out, struct error *err)
{
    struct json_cut_level *level = top(c);
    bool is_key = level->want == WANT_KEY;
    size_t n;
    enum fit fit;

    if (!is_key && here(c) == '[')
        return enter(c, false) ? STEP_ON : pass_over_rest(c, out, err);
    if (measure(c, room(c, c->p.max / 2), &n, &fit, err))
        return STEP_FAILED;
    if (!n)
        return pass_line(c, out, err);
    if (fit == FIT_NOT)
        return here(c) == '{' && enter(c, false) ? STEP_ON : pass_over_rest(c, out, err);
    if (is_key && level->any)
        buf_char(&c->text, ',');
    if (fit == FIT_CUT)
        return hand_out_rest(c, out, err);
    buf_add(&c->text, c->p.window.p + c->at, n);
    c->at += n;
    level->any = c->news = true;
    level->want = is_key ? WANT_COLON : WANT_KEY;
    return STEP_ON;
}

static enum step object_step(struct json_cut *c, struct line *out, struct error *err)
{
    char ch = here(c);

    switch (top(c)->want) {
    case WANT_KEY:
        if (ch == '}')
            return close_object(c, out, err);
        return ch == '"' ? member_step(c, out, err) : pass_line(c, out, err);
    case WANT_COLON:
        if (ch != ':')
            return pass_line(c, out, err);
        buf_char(&c->text, ':');
        top(c)->want = WANT_VALUE;
        c->at++;
        return STEP_ON;
    default:
        return member_step(c, out, err);
    }
}

static enum step end_step(struct json_cut *c, struct line *out, struct error *err)
{
    if (c->in_run)
        return hand_out_run(c, out, err);
    return c->news ? hand_out_rest(c, out, err) : STEP_END;
}

/* From here on pieces are handed out again; what is before it was in those before. */
static void end_quiet(struct json_cut *c)
{
    c->news = c->in_run = false;
    drop_passed(c);
    c->quiet_until = 0;
}

/* One token or value further. */
static enum step step(struct json_cut *c, struct line *out, struct error *err)
{
    if (skip_blank(c, err))
        return STEP_FAILED;
    if (c->quiet_until && input_offset(c->p.in) + (int64_t)c->at >= c->quiet_until) {
        end_quiet(c);
        return STEP_ON;
    }
    if (run_is_far(c))
        return hand_out_run(c, out, err);
    if (c->at == c->p.window.n)
        return c->quiet_until ? STEP_END : end_step(c, out, err);
    if (at_surface(c))
        return surface_step(c, out, err);
    return top(c)->kind == CUT_ARRAY ? array_step(c, out, err) : object_step(c, out, err);
}

static enum err failure(const struct error *e, struct error *err)
{
    if (err)
        *err = *e;
    return e->code;
}

enum err json_cut_next(struct json_cut *c, struct line *out, struct error *err)
{
    struct error e = {0};

    while (!c->p.over)
        switch (step(c, out, &e)) {
        case STEP_ON:
            break;
        case STEP_PIECE:
            return OK;
        case STEP_END:
            return ERR_EMPTY;
        case STEP_FAILED:
            return failure(&e, err);
        }
    return ERR_EMPTY;
}

enum err json_cut_go_on_to(struct json_cut *c, int64_t offset, bool *reached, struct error *err)
{
    struct error e = {0};
    struct line line;

    c->quiet_until = offset > input_offset(c->p.in) ? offset : 0;
    while (c->quiet_until && !c->p.over)
        switch (step(c, &line, &e)) {
        case STEP_ON:
        case STEP_PIECE:
            break;
        case STEP_END:
            c->quiet_until = 0;
            break;
        case STEP_FAILED:
            c->quiet_until = 0;
            return failure(&e, err);
        }
    c->quiet_until = 0;
    *reached = input_offset(c->p.in) == offset;
    return OK;
}
