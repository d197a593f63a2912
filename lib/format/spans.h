/* spans: what a span says, whichever format it is written in: attributes of OpenTelemetry's GenAI
 * conventions, of OpenInference and of Traceloop as a span, a call, a tool call and scores. */
#ifndef LLMOBS_FORMAT_SPANS_H
#define LLMOBS_FORMAT_SPANS_H

#include "format/leftover.h"
#include "format/pick.h"
#include "format/rule_list.h"

/* Finds an attribute by its name in a format's way to write them; json_get() is one. */
typedef json_ref (*attribute_getter)(const struct json_doc *d, json_ref attributes,
                                     const char *name);

/* A span while it is read. The format fills `record` but for kind, status and what the attributes
 * say, offers attributes and events, and closes. */
struct span {
    const struct reading *r;
    const char *format; /* the source format of its call */
    json_ref value;     /* of the line that tells of this span alone; 0: the line */
    struct picks picks; /* may hold a resource's attributes to begin with */
    struct leftovers kept;
    struct place metadata; /* OpenInference's: an object or its JSON text */
    struct place settings; /* the same: llm.invocation_parameters */
    int64_t docs;          /* that a retrieval lists, OpenInference's way */
    struct place tags;     /* OpenInference's: a list of texts */
    struct span_record record;
    struct maybe_i64 first_token_us;
    struct maybe_i64 passed; /* a guardrail's verdict */
    struct sv guardrail, action; /* its name, and what it did */
    struct sv *rules; /* that were triggered */
    size_t n_rules;
    struct sv error_type, error_text; /* of an exception */
};

/* A span without any attribute; picks_clear() is done. */
void span_open(struct span *s, const struct reading *r, const char *format);

/* how: or-ed enum leftover_how. The name lives as long as the batch's arena or the line. */
void span_attribute(struct span *s, struct sv name, const struct json_doc *d, json_ref value,
                    unsigned how);

/* An exception, a first token or an evaluation; other events say nothing. Needs the span's ids. */
bool span_event(struct span *s, struct sv name, struct maybe_i64 at_us, json_ref attributes,
                attribute_getter get);

/* What a format's own status says. */
enum span_verdict { SPAN_UNSET, SPAN_OK, SPAN_FAILED };

/* Adds the span's records. A verdict of SPAN_FAILED or an error.type fail a span; an exception too
 * unless the verdict is SPAN_OK. message: the status' text. false: *r->err is filled, or memory is
 * out. */
bool span_close(struct span *s, enum span_verdict verdict, struct sv message);

/* The evaluation in the attributes as a score on the call of the span. */
bool span_evaluation(const struct reading *r, json_ref attributes, attribute_getter get,
                     const struct identity *call, struct maybe_i64 at_us);

#endif
