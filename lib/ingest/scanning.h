/* scanning: what the texts of calls hold is counted while a line is at hand; the texts are not
 * kept. */
#ifndef LLMOBS_INGEST_SCANNING_H
#define LLMOBS_INGEST_SCANNING_H

#include "detect/detect.h"
#include "format/content.h"
#include "record/record.h"

struct scanning;

/* For one thread. o as in detector_open(), whose errors it has. */
NODISCARD enum err scanning_open(const struct detect_options *o, struct scanning **out,
                                 struct error *err);

/* Accepts NULL. */
void scanning_close(struct scanning *s);

/* Call by call: after scanning_begin() each of its texts; the end, after which w was walked through
 * them, sets the call's flags and adds findings to b. Out of memory marks the batch as failed. */
void scanning_begin(struct scanning *s);
void scanning_see(struct scanning *s, const struct content_text *text);
void scanning_end(struct scanning *s, const struct content_walk *w, struct call_record *call,
                  struct batch *b);

/* A find, for who wants to see it. Borrowed for the call. */
struct scanned {
    unsigned kind;
    bool input, output; /* both: nobody knows which it was in */
    struct sv text;     /* what was found; of a fault of an answer (answer.h) empty */
};

/*
 * Calls found(ctx, x) for each find in a piece of an input, whatever it is: in the texts of a
 * parsed line d (content.h); where it has none, in all its texts. d NULL: in `text` itself.
 * ERR_NOMEM, and ERR_PARSE for a pattern of the user's that does not compile.
 */
NODISCARD enum err scanning_piece(struct scanning *s, const struct json_doc *d, struct sv text,
                                  void (*found)(void *ctx, const struct scanned *x), void *ctx,
                                  struct error *err);

/* Of the detector that it works with. */
struct detector *scanning_detector(struct scanning *s);

#endif
