/* log_event: one event of an agent program's telemetry, whichever container its attributes are in.
 */
#ifndef LLMOBS_FORMAT_LOG_EVENT_H
#define LLMOBS_FORMAT_LOG_EVENT_H

#include "format/spans.h"

/* A log record while it is read. */
struct log_event {
    const struct reading *r;
    const struct json_doc *d;
    json_ref at, attributes;
    attribute_getter get;
    struct sv service;
    struct maybe_i64 at_us; /* of the record */
};

static inline struct place event_place(const struct log_event *e, const char *name)
{
    return (struct place){e->d, name, e->get(e->d, e->attributes, name)};
}

static inline struct sv event_text_id(const struct log_event *e, const char *name)
{
    return scalar_id(e->r, e->d, e->get(e->d, e->attributes, name));
}

#endif
