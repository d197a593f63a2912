/* buf: a growing run of bytes. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/banned.h"

bool buf_reserve(struct buf *b, size_t n)
{
    size_t need;
    size_t cap = b->cap ? b->cap : 64;
    char *p;

    if (b->failed)
        return false;
    if (__builtin_add_overflow(b->n, n, &need) || need >= PTRDIFF_MAX) {
        b->failed = true;
        return false;
    }
    need++; /* the NUL */
    if (need <= b->cap)
        return true;
    while (cap < need)
        cap *= 2;
    p = realloc(b->p, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (!buf_reserve(b, n))
        return;
    if (n)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_sv(struct buf *b, struct sv s)
{
    buf_add(b, s.p, s.n);
}

void buf_str(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    va_list again;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) {
        b->failed = true;
    } else if (buf_reserve(b, (size_t)n)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void buf_i64(struct buf *b, int64_t v)
{
    char text[20];
    size_t at = sizeof(text);
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (v < 0)
        text[--at] = '-';
    buf_add(b, text + at, sizeof(text) - at);
}

static void add_escape(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char shorts[128] = {['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                                     ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};

    if (c < 128 && shorts[c]) {
        buf_add(b, (char[]){'\\', shorts[c]}, 2);
        return;
    }
    buf_add(b, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
}

/* Bytes at p that go into a JSON string as they are. */
static size_t plain_run(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n) {
        unsigned char c = (unsigned char)p[i];
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F)
            break;
        size_t length = c < 0x80 ? 1 : utf8_length(p + i, n - i);
        bool c1 = c == 0xC2 && length == 2 && (unsigned char)p[i + 1] < 0xA0;
        if (length == 0 || c1)
            break;
        i += length;
    }
    return i;
}

void buf_json_string(struct buf *b, struct sv s)
{
    buf_char(b, '"');
    for (size_t i = 0; i < s.n;) {
        size_t run = plain_run(s.p + i, s.n - i);
        buf_add(b, s.p + i, run);
        i += run;
        if (i >= s.n)
            break;
        size_t length = utf8_length(s.p + i, s.n - i);
        if (length == 0)
            buf_str(b, "\xEF\xBF\xBD");
        else
            add_escape(b, (unsigned char)s.p[i + length - 1]); /* C2 xx is U+00xx */
        i += length ? length : 1;
    }
    buf_char(b, '"');
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->p)
        b->p[0] = '\0';
}

void buf_release(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}
