/* reader: one input's lines into batches of records. */
#ifndef LLMOBS_INGEST_READER_H
#define LLMOBS_INGEST_READER_H

#include "format/format.h"
#include "ingest/ingest.h"
#include "input/input.h"

#define READER_MAX_KINDS 16 /* kinds of skipped lines told apart in a summary; the rest is "other" */
#define READER_MAX_FORMATS 32
#define READER_HELD 10

/* What the lines of one input were; plain counts. */
struct reader_counts {
    int64_t lines, skipped, quarantined, waiting;
    int64_t by_format[READER_MAX_FORMATS]; /* lines, in the order of formats[] */
    struct {
        char name[41];
        int64_t lines;
    } kinds[READER_MAX_KINDS];
    size_t n_kinds;
    int64_t kinds_other;
};

struct reader {
    const struct ingest_options *options;
    const struct format *forced; /* --from, or NULL */
    struct json_doc doc;
    const struct format *last; /* the format of the line before */
    /* Messages of an input of which no line could be read yet: it may be no log at all, and then
     * nobody wants to hear of its lines. More than anybody would show are not kept. */
    struct {
        int64_t line;
        char message[200];
    } held[READER_HELD];
    size_t n_held;
    bool holding;
};

enum reader_end {
    READER_MORE,   /* the batch is full; call again */
    READER_DONE,   /* the input is at its end */
    READER_NO_LOG, /* the first READER_PROBE lines are all unreadable: no log; the batch holds
                      nothing of it */
};

#define READER_PROBE 100 /* lines after which a file without one readable line is taken for no log */

/* ERR_USAGE when options name an unknown format (the message lists the known ones) or an unknown
 * --set key. */
NODISCARD enum err reader_init(struct reader *r, const struct ingest_options *o, struct error *err);
void reader_release(struct reader *r);

/* Call before the first reader_fill() of each input. */
void reader_begin(struct reader *r);

/*
 * Reads lines of `in` into b until the batch is full (about 2 Ki records or 4 MiB of text) or the
 * input ends. Counts are added to c. path and source name the input in messages and records.
 * ERR_IO when the input cannot be read on; what was read before is in the batch.
 */
NODISCARD enum err reader_fill(struct reader *r, struct input *in, const char *path,
                               uint32_t source, bool growing, struct batch *b,
                               struct reader_counts *c, enum reader_end *end, struct error *err);

#endif
