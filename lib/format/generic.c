/* generic: any flat line that names a model and what the call took, by the table of aliases. */
#include "format/flat.h"
#include "format/readers.h"

#include "base/banned.h"

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    (void)doc;
    return seen_call(seen);
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    static const struct flat_rules rules = {.format = "generic", .by = FLAT_BY_ANY_ID};

    return flat_read(c, &rules, skipped_kind, bad_field, err);
}

const struct format format_generic = {
    .name = "generic",
    .summary = "flat JSON lines with a model and tokens, latency, cost or status under usual names",
    .claims = claims,
    .read = read,
};
