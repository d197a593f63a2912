/* flat: a call from a flat log line, by the table of aliases. */
#ifndef LLMOBS_FORMAT_FLAT_H
#define LLMOBS_FORMAT_FLAT_H

#include "format/aliases.h"
#include "format/call_rules.h"
#include "format/leftover.h"

/* A line's members, sorted by what they mean. */
struct flat {
    struct reading r;
    bool s003;             /* total_latency and tpot are known to be milliseconds */
    struct seen seen;      /* of the top level */
    struct picks picks;
    struct leftovers rest;
    struct json_doc inner; /* metadata that is given as JSON text */
};

/* Reads the line's members; flat_release() when done. */
void flat_open(struct flat *f, const struct reading *r, bool s003);
void flat_release(struct flat *f);

/* Everything that the members say of a call but its identity, its meta and what stands beside it;
 * not settled. false: *r.err is filled. */
bool flat_fill(struct flat *f, struct call_record *call);

/* What stands beside the call: its embeddings, and the scores quality, hallucination, refusal. Its
 * identity is known. */
bool flat_facts(struct flat *f, const struct call_record *call);

/* How the identity of a call is found. */
enum flat_identity {
    FLAT_BY_REQUEST, /* request_id, else the line */
    FLAT_BY_ANY_ID,  /* trace and span id, span id, an own id, request_id, else the line */
};

/* What sets one flat format apart from the others. */
struct flat_rules {
    const char *format;
    enum flat_identity by;
    bool s003;
    /* Why the line is no call, or NULL. Without this function it is one when seen_call(). */
    const char *(*skip)(const struct flat *f);
    /* Adds what only this format has; may be NULL. false: *r.err is filled or memory is out. */
    bool (*more)(struct flat *f, struct call_record *call);
};

/*
 * Adds the call of the line: fields, identity, status, leftovers as meta; and what
 * stands beside it (flat_facts()). The batch is as before unless it gave records.
 */
enum line_outcome flat_read(const struct line_context *c, const struct flat_rules *rules,
                            struct sv *skipped_kind, struct sv *bad_field, struct error *err);

#endif
