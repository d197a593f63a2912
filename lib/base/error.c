/* error: how the library reports what went wrong. */
#include "base/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/utf8.h"
#include "base/banned.h"

/* C1 controls (U+0080 to U+009F) count too: terminals obey U+009B like ESC [. */
static bool is_control(const char *p, size_t length)
{
    unsigned char c = (unsigned char)p[0];

    if (length == 2)
        return c == 0xC2 && (unsigned char)p[1] < 0xA0;
    return c < 0x20 || c == 0x7F;
}

/* Copies text with control bytes and bytes that are not UTF-8 as \xNN, whole characters only.
 * Returns false when out was too small for all of it; out is terminated in any case. */
static bool copy_escaped(const char *text, size_t n, char *out, size_t size)
{
    static const char hex[] = "0123456789abcdef";
    size_t used = 0;

    for (size_t i = 0; i < n;) {
        size_t length = utf8_length(text + i, n - i);
        bool escape = length == 0 || is_control(text + i, length);
        size_t take = length ? length : 1;
        size_t need = escape ? 4 * take : take;

        if (used + need >= size) {
            out[used] = '\0';
            return false;
        }
        for (size_t k = 0; k < take; k++, i++) {
            unsigned char c = (unsigned char)text[i];
            if (escape) {
                out[used++] = '\\';
                out[used++] = 'x';
                out[used++] = hex[c >> 4];
                out[used++] = hex[c & 15];
            } else {
                out[used++] = (char)c;
            }
        }
    }
    out[used] = '\0';
    return true;
}

enum err error_set(struct error *err, enum err code, const char *fmt, ...)
{
    static const char dots[] = "...";
    char text[2 * sizeof(err->msg)];
    va_list args;
    int n;

    if (!err)
        return code;
    va_start(args, fmt);
    n = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (n < 0)
        n = 0;
    *err = (struct error){.code = code};
    size_t length = (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    if (copy_escaped(text, length, err->msg, sizeof(err->msg)))
        return code;
    copy_escaped(text, length, err->msg, sizeof(err->msg) - sizeof(dots) + 1);
    memcpy(err->msg + strlen(err->msg), dots, sizeof(dots));
    return code;
}

/* The end of a path says more than its middle, so the middle goes: "/srv/lo...may/app.jsonl". */
static void copy_shortened(const char *file, char *out, size_t size)
{
    size_t n = strlen(file);
    size_t head = size / 4;

    if (copy_escaped(file, n, out, size))
        return;
    copy_escaped(file, n, out, head);
    size_t used = strlen(out);
    memcpy(out + used, "...", 4);
    used += 3;
    for (size_t from = n > size ? n - size : 0; from <= n; from++) {
        bool inside = ((unsigned char)file[from] & 0xC0) == 0x80;
        if (!inside && copy_escaped(file + from, n - from, out + used, size - used))
            return;
    }
}

enum err error_at(struct error *err, const char *file, int64_t line)
{
    if (err->file[0] == '\0' && err->line == 0) {
        copy_shortened(file ? file : "", err->file, sizeof(err->file));
        err->line = line;
    }
    return err->code;
}

void error_text(const struct error *err, char *out, unsigned long out_size)
{
    if (err->file[0] && err->line > 0)
        snprintf(out, out_size, "%s:%lld: %s", err->file, (long long)err->line, err->msg);
    else if (err->file[0])
        snprintf(out, out_size, "%s: %s", err->file, err->msg);
    else if (err->line > 0)
        snprintf(out, out_size, "line %lld: %s", (long long)err->line, err->msg);
    else
        snprintf(out, out_size, "%s", err->msg);
}
