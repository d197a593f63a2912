/* regex: PCRE2 patterns with limits. */
#include "regex/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/banned.h"

/* Nested backtracking of the interpreter; the heap limit comes first for most patterns. */
#define DEPTH_MAX 250000u

struct regex {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

/* Continuation bytes do not count: the column is in characters, as an editor shows it. */
static size_t column_of(struct sv pattern, size_t offset)
{
    size_t column = 1;

    for (size_t i = 0; i < offset && i < pattern.n; i++)
        column += ((unsigned char)pattern.p[i] & 0xC0) != 0x80;
    return column;
}

static enum err compile_failed(struct sv pattern, int code, size_t offset, struct error *err)
{
    unsigned char text[160] = "";

    pcre2_get_error_message(code, text, sizeof(text));
    if (code == PCRE2_ERROR_HEAP_FAILED)
        return error_set(err, ERR_NOMEM, "out of memory for a pattern");
    return error_set(err, ERR_PARSE, "pattern '%.*s', column %zu: %s", SV_FMT(pattern),
                     column_of(pattern, offset), (const char *)text);
}

static enum err compile(struct sv pattern, unsigned flags, pcre2_compile_context *extra,
                        pcre2_code **out, struct error *err)
{
    uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;
    PCRE2_SPTR text = (PCRE2_SPTR)(pattern.p ? pattern.p : "");
    PCRE2_SIZE offset = 0;
    int code = 0;

    if (flags & REGEX_NOCASE)
        options |= PCRE2_CASELESS;
    if (flags & REGEX_WHOLE)
        options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    if (flags & REGEX_SCRIPT) {
        options |= PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS |
                   PCRE2_MATCH_UNSET_BACKREF;
        pcre2_set_compile_extra_options(extra, PCRE2_EXTRA_ALT_BSUX);
    }
    *out = NULL;
    if (!(flags & REGEX_BYTES))
        *out = pcre2_compile(text, pattern.n, options | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &code,
                             &offset, extra);
    /* Negative: the pattern is not UTF-8. */
    if (flags & REGEX_BYTES || (!*out && (code < 0 || code == PCRE2_ERROR_UNICODE_NOT_SUPPORTED)))
        *out = pcre2_compile(text, pattern.n, options, &code, &offset, extra);
    return *out ? OK : compile_failed(pattern, code, offset, err);
}

/* PCRE2 10.42's compiled code finds no character beyond ASCII for \D, \S and \W outside of brackets
 * where a text may be broken UTF-8; its interpreter does. */
static bool misleads_jit(struct sv pattern)
{
    for (size_t i = 0; i + 1 < pattern.n; i++)
        if (pattern.p[i] == '\\' && memchr("DSW", pattern.p[++i], 3))
            return true;
    return false;
}

enum err regex_open(struct sv pattern, unsigned flags, struct regex **out, struct error *err)
{
    pcre2_compile_context *extra = NULL;
    struct regex *re;
    enum err rc;

    if (pattern.n > REGEX_PATTERN_MAX_BYTES)
        return error_set(err, ERR_RANGE, "pattern '%.*s...': %zu bytes, at most %d are allowed", 20,
                         pattern.p, pattern.n, REGEX_PATTERN_MAX_BYTES);
    re = calloc(1, sizeof(*re));
    extra = pcre2_compile_context_create(NULL);
    if (!re || !extra)
        rc = error_set(err, ERR_NOMEM, "out of memory for a pattern");
    else
        rc = compile(pattern, flags, extra, &re->code, err);
    if (rc)
        goto done;
    re->match = pcre2_match_data_create(1, NULL);
    re->limits = pcre2_match_context_create(NULL);
    if (!re->match || !re->limits) {
        rc = error_set(err, ERR_NOMEM, "out of memory for a pattern");
        goto done;
    }
    pcre2_set_match_limit(re->limits, REGEX_STEPS_MAX);
    pcre2_set_depth_limit(re->limits, DEPTH_MAX);
    pcre2_set_heap_limit(re->limits, REGEX_HEAP_MAX_KIB);
    /* Where this fails (no JIT, or the system forbids code in data), the interpreter does it. */
    if (!(flags & REGEX_RARE) && (flags & REGEX_BYTES || !misleads_jit(pattern)))
        (void)pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
    *out = re;
    re = NULL;
done:
    pcre2_compile_context_free(extra);
    regex_close(re);
    return rc;
}

/* PCRE2's result for the matches that begin at from or behind it, as far as the limit goes. */
static int match(struct regex *re, struct sv text, size_t from)
{
    PCRE2_SPTR p = (PCRE2_SPTR)(text.p ? text.p : "");
    int rc = pcre2_match(re->code, p, text.n, from, 0, re->match, re->limits);

    /* Compiled code keeps its backtracking on a small stack; the interpreter has the heap. */
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
        rc = pcre2_match(re->code, p, text.n, from, PCRE2_NO_JIT, re->match, re->limits);
    return rc;
}

static enum err match_failed(int rc, size_t n, struct error *err)
{
    if (rc == PCRE2_ERROR_NOMEMORY)
        return error_set(err, ERR_NOMEM, "out of memory matching a pattern");
    return error_set(err, ERR_RANGE,
                     "a pattern was given up on a text of %zu bytes: it tries too many ways; "
                     "avoid nested repeats like (a+)+",
                     n);
}

enum err regex_matches(struct regex *re, struct sv text, bool *matches, struct error *err)
{
    int rc = match(re, text, 0);

    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        return match_failed(rc, text.n, err);
    *matches = rc >= 0;
    return OK;
}

enum err regex_find(struct regex *re, struct sv text, size_t from, size_t last, bool *found,
                    size_t *start, size_t *end, struct error *err)
{
    int rc;

    pcre2_set_offset_limit(re->limits, last);
    rc = match(re, text, from);
    pcre2_set_offset_limit(re->limits, PCRE2_UNSET);
    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        return match_failed(rc, text.n, err);
    *found = rc >= 0;
    if (*found) {
        const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->match);

        *start = at[0];
        *end = at[1] > at[0] ? at[1] : at[0]; /* \K in a look ahead may turn them round */
    }
    return OK;
}

void regex_close(struct regex *re)
{
    if (!re)
        return;
    pcre2_match_context_free(re->limits);
    pcre2_match_data_free(re->match);
    pcre2_code_free(re->code);
    free(re);
}
