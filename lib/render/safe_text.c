/* safe_text: text from data in a form that cannot harm a terminal or hide what it says. */
#include "render/safe_text.h"

#include "base/utf8.h"
#include "base/banned.h"

#define MARKS_MAX 8

struct range {
    uint32_t first, last;
};

/* clang-format off */

/* Shown as an escape: they move the cursor, turn the reading direction or cannot be seen. The
 * joiners U+200C and U+200D stay, for emoji and several scripts need them. */
static const struct range hidden[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x061C, 0x061C}, {0x180E, 0x180E},
    {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
};

/* No column of their own: combining marks (general categories Mn and Me of the scripts most seen),
 * joiners and variation selectors. */
static const struct range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2},
    {0x05C4, 0x05C5}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC},
    {0x06DF, 0x06E4}, {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x093C, 0x093C}, {0x0941, 0x0948},
    {0x094D, 0x094D}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1ACE},
    {0x1DC0, 0x1DFF}, {0x200C, 0x200D}, {0x20D0, 0x20F0}, {0x302A, 0x302D}, {0x3099, 0x309A},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF},
};

/* Two columns: East_Asian_Width W or F of the Unicode standard, neighbouring blocks joined. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x3247},   {0x3250, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97C},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6B},
    {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18D08}, {0x1AFF0, 0x1B2FF},
    {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A},
    {0x1F200, 0x1F265}, {0x1F300, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0},
    {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC},
    {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A},
    {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5},
    {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6D7}, {0x1F6DD, 0x1F6DF},
    {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7F0}, {0x1F90C, 0x1F93A},
    {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

/* clang-format on */

static bool in_ranges(const struct range *ranges, size_t n, uint32_t code)
{
    size_t low = 0;
    size_t high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && code >= ranges[low].first;
}

/* The code point of a well-formed character of 1 to 4 bytes. */
static uint32_t code_point(const char *p, size_t length)
{
    static const unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = (unsigned char)p[0] & first_bits[length];

    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)p[i] & 0x3F);
    return code;
}

struct safe_char safe_char(struct buf *b, struct sv s)
{
    size_t length = utf8_length(s.p, s.n);
    size_t before = b->n;
    uint32_t code;

    if (length == 0) {
        buf_printf(b, "\\x%02x", (unsigned char)s.p[0]);
        return (struct safe_char){1, b->n - before};
    }
    code = code_point(s.p, length);
    if (in_ranges(hidden, ARRAY_LEN(hidden), code)) {
        buf_printf(b, code < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)code);
        return (struct safe_char){length, b->n - before};
    }
    buf_add(b, s.p, length);
    if (in_ranges(zero_width, ARRAY_LEN(zero_width), code))
        return (struct safe_char){length, 0};
    return (struct safe_char){length, in_ranges(wide, ARRAY_LEN(wide), code) ? 2 : 1};
}

size_t safe_text(struct buf *b, struct sv s, size_t max_columns, bool utf8)
{
    size_t ellipsis_columns = utf8 ? 1 : 3;
    size_t columns = 0;
    size_t marks = 0;
    size_t cut_n = b->n; /* what stays when the text has to be cut */
    size_t cut_columns = 0;

    for (size_t i = 0; i < s.n;) {
        struct safe_char c = safe_char(b, (struct sv){s.p + i, s.n - i});
        i += c.bytes;
        columns += c.columns;
        marks = c.columns ? 0 : marks + 1;
        if (max_columns && (columns > max_columns || marks > MARKS_MAX)) {
            b->n = cut_n;
            buf_str(b, utf8 ? "\xE2\x80\xA6" : "...");
            return cut_columns + ellipsis_columns;
        }
        if (columns + ellipsis_columns <= max_columns) {
            cut_n = b->n;
            cut_columns = columns;
        }
    }
    return columns;
}
