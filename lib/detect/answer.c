/* answer: answers that are none. */
#include "detect/answer.h"

#include <stdint.h>

#include "base/error.h"

#include "base/banned.h"

#define REPETITIONS 6
#define REPEATED_BYTES 160 /* so that "ha ha ha ha ha ha" is an answer */
#define TAIL 16            /* bytes that have to recur for a closer look */

const char *const answer_fault_names[ANSWER_FAULTS] = {
    [ANSWER_EMPTY] = "empty_answer",
    [ANSWER_REPETITION] = "repetition",
    [ANSWER_INVALID_JSON] = "invalid_json",
};

bool answer_is_empty(struct sv text)
{
    return sv_trim(text).n == 0;
}

static bool is_word_byte(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c & 0x80);
}

static bool has_word(struct sv s)
{
    for (size_t i = 0; i < s.n; i++)
        if (is_word_byte(s.p[i]))
            return true;
    return false;
}

/* Whether enough of the end repeats with the period; behind the last time there is no space. */
static bool repeats_with(struct sv text, size_t period)
{
    size_t enough = REPETITIONS * period - 1, n = period;

    if (enough < REPEATED_BYTES)
        enough = REPEATED_BYTES;
    while (n < text.n && n < enough && text.p[text.n - 1 - n] == text.p[text.n - 1 - n + period])
        n++;
    return n >= enough;
}

bool answer_repeats(struct sv text)
{
    struct sv s = sv_trim(text);
    const char *tail;
    size_t longest;
    uint64_t head;

    if (s.n < REPEATED_BYTES)
        return false;
    tail = s.p + s.n - TAIL;
    longest = s.n - TAIL < REPETITION_PERIOD ? s.n - TAIL : REPETITION_PERIOD;
    memcpy(&head, tail, sizeof(head));
    for (size_t period = 1; period <= longest; period++) {
        struct sv once = {s.p + s.n - period, period};
        uint64_t before;

        memcpy(&before, tail - period, sizeof(before)); /* nearly always this tells */
        if (before == head && memcmp(tail - period, tail, TAIL) == 0 && repeats_with(s, period))
            return has_word(once);
    }
    return false;
}
