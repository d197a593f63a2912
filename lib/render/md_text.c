/* md_text: see the header. */
#include "render/md_text.h"

#include "base/banned.h"

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* An underscore inside a word is only itself; elsewhere it can begin or end emphasis. */
static bool inside_word(struct sv text, size_t i)
{
    return i > 0 && i + 1 < text.n && is_word(text.p[i - 1]) && is_word(text.p[i + 1]);
}

/* Character references for what splits cells and for the backslash: a backslash of the data in
 * front of an escaped pipe would free it again. */
void md_text(struct buf *b, struct sv text)
{
    static const char *const escapes[128] = {
        ['|'] = "&#124;", ['\\'] = "&#92;", ['<'] = "&lt;", ['>'] = "&gt;",
        ['&'] = "&amp;",  ['`'] = "\\`",    ['*'] = "\\*",  ['_'] = "\\_",
        ['['] = "\\[",    [']'] = "\\]",    ['~'] = "\\~",
    };

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c >= 128 || !escapes[c] || (c == '_' && inside_word(text, i)))
            buf_char(b, text.p[i]);
        else
            buf_str(b, escapes[c]);
    }
}
