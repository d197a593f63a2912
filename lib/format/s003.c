/* s003: the interaction log with its breakdown of latency, all durations in milliseconds. */
#include "format/flat.h"
#include "format/readers.h"

#include "base/banned.h"

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    (void)doc;
    return seen_all(seen, SIGN_BIT(SIGN_MODEL_VERSION) | SIGN_BIT(SIGN_TTFT));
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    static const struct flat_rules rules = {.format = "interaction-log", .s003 = true};

    return flat_read(c, &rules, skipped_kind, bad_field, err);
}

const struct format format_interaction_log = {
    .name = "interaction-log",
    .summary = "interaction log with ttft, tpot and total_latency in milliseconds",
    .claims = claims,
    .read = read,
};
