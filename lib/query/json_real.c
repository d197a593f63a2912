/* json_real: see the header. */
#include "query/json_real.h"

#include <math.h>
#include <stdlib.h>
#include "base/banned.h"

struct maybe_f64 json_real(const struct json_doc *d, json_ref at)
{
    enum json_type type = json_type(d, at);
    struct sv raw = json_raw(d, at);
    char copy[64], *end;
    double v;

    if (type == JSON_TRUE || type == JSON_FALSE)
        return (struct maybe_f64){type == JSON_TRUE, true};
    if ((type != JSON_NUMBER && type != JSON_STRING) || !raw.n || raw.n >= sizeof(copy) ||
        !memchr("-0123456789", raw.p[0], 11))
        return (struct maybe_f64){0, false};
    memcpy(copy, raw.p, raw.n);
    copy[raw.n] = '\0';
    v = strtod(copy, &end);
    /* strtod() also knows hexadecimal, which no log means */
    if (end != copy + raw.n || strpbrk(copy, "xX") || !isfinite(v))
        return (struct maybe_f64){0, false};
    return (struct maybe_f64){v, true};
}
