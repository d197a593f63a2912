/* Fuzz target: any text as an instant and as a decimal number; what is read can be written and
 * read again. */
#include <stdlib.h>

#include "base/time_text.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_time(struct sv text)
{
    int64_t us = 0;
    int64_t again = 0;
    bool zoneless = false;
    char out[40];

    if (time_parse(text, &us, &zoneless))
        return;
    size_t n = time_format_utc(us, out);
    check(n >= 20 && n < sizeof(out));
    check(time_parse((struct sv){out, n}, &again, &zoneless) == OK);
    check(again == us && !zoneless);
}

static void check_decimal(struct sv text)
{
    int64_t value = 0;
    int64_t again = 0;
    char out[32];

    for (int scale = -3; scale <= 9; scale++)
        if (decimal_scaled(text, scale, &value) == OK && scale == 9) {
            size_t n = money_format(value, out);
            check(n < sizeof(out));
            check(decimal_scaled((struct sv){out, n}, 9, &again) == OK && again == value);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text = malloc(n ? n : 1); /* of exactly this size: a read behind it is seen */

    if (n)
        memcpy(text, data, n);
    check_time((struct sv){text, n});
    check_decimal((struct sv){text, n});
    free(text);
    return 0;
}
