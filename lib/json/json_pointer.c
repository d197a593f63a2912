/* json_pointer: a place in any document (RFC 6901). */
#include "json/json_pointer.h"

#include "base/banned.h"

/* Decodes the step that begins at p, to its end or a '/'; moves *p there. The text ends with NUL. */
static char *decode_step(const char **p, char *out)
{
    const char *in = *p;

    for (; *in && *in != '/'; in++) {
        if (*in != '~') {
            *out++ = *in;
            continue;
        }
        in++;
        if (*in != '0' && *in != '1')
            return NULL;
        *out++ = *in == '0' ? '~' : '/';
    }
    *out++ = '\0';
    *p = in;
    return out;
}

enum err json_pointer_parse(struct sv text, struct arena *a, struct json_pointer *out)
{
    struct json_pointer p = {0};
    const char *in;
    char *copy, *steps;

    if (text.n && (text.p[0] != '/' || memchr(text.p, '\0', text.n)))
        return ERR_PARSE;
    for (size_t i = 0; i < text.n; i++)
        p.n += text.p[i] == '/';
    copy = arena_zalloc(a, text.n + 1, 1);
    steps = arena_zalloc(a, text.n + 1, 1); /* each NUL takes the place of a '/' */
    p.steps = arena_zalloc(a, p.n, sizeof(*p.steps));
    if (!copy || !steps || !p.steps)
        return ERR_NOMEM;
    if (text.n)
        memcpy(copy, text.p, text.n);
    p.text = in = copy;
    for (size_t i = 0; i < p.n; i++) {
        p.steps[i] = steps;
        in++; /* the '/' */
        steps = decode_step(&in, steps);
        if (!steps)
            return ERR_PARSE;
    }
    *out = p;
    return OK;
}

bool json_pointer_index(const char *step, size_t *out)
{
    size_t n = 0;

    if (!*step || (step[0] == '0' && step[1]))
        return false;
    for (; *step; step++) {
        if (*step < '0' || *step > '9' || n > UINT32_MAX)
            return false;
        n = n * 10 + (size_t)(*step - '0');
    }
    *out = n;
    return true;
}

json_ref json_pointer_get(const struct json_doc *d, const struct json_pointer *p)
{
    json_ref at = d->n ? 0 : JSON_END;

    for (size_t i = 0; i < p->n && at != JSON_END; i++) {
        size_t element;

        if (json_type(d, at) == JSON_ARRAY)
            at = json_pointer_index(p->steps[i], &element) ? json_at(d, at, element) : JSON_END;
        else
            at = json_get(d, at, p->steps[i]);
    }
    return at;
}

void json_pointer_add_step(struct buf *out, struct sv step)
{
    buf_char(out, '/');
    for (size_t i = 0; i < step.n; i++) {
        if (step.p[i] == '~' || step.p[i] == '/')
            buf_str(out, step.p[i] == '~' ? "~0" : "~1");
        else
            buf_char(out, step.p[i]);
    }
}

void json_pointer_write(const struct json_doc *d, json_ref at, struct buf *out)
{
    struct arena keys = {0};
    json_ref in = 0;

    while (in != at && in != JSON_END) {
        bool object = json_type(d, in) == JSON_OBJECT;
        json_ref child = json_first(d, in), value = JSON_END;
        size_t i = 0;

        for (; child != JSON_END; child = json_next(d, in, value), i++) {
            value = child + object;
            if (at < d->tokens[value].next)
                break;
        }
        if (child == JSON_END)
            break;
        if (object)
            json_pointer_add_step(out, json_text(d, child, &keys));
        else
            buf_printf(out, "/%zu", i);
        in = at == child ? at : value;
    }
    arena_release(&keys);
}
