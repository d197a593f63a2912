/* reader: one input's lines into batches of records. */
#ifndef LLMOBS_INGEST_READER_H
#define LLMOBS_INGEST_READER_H

#include "format/memory.h"
#include "ingest/ingest.h"
#include "ingest/sampler.h"
#include "ingest/scanning.h"
#include "ingest/system_template.h"
#include "input/elements.h"

#define READER_MAX_KINDS 16 /* kinds of skipped lines told apart in a summary; the rest is "other" */
#define READER_MAX_FORMATS 64 /* more are read, but not named in a summary */
#define READER_HELD 10

/* What the lines of one input were; plain counts. */
struct reader_counts {
    int64_t lines, skipped, quarantined, waiting;
    int64_t kept, left_out; /* records of calls, where they are sampled; else 0 */
    int64_t by_format[READER_MAX_FORMATS]; /* lines, in the order of formats[] */
    int64_t by_map; /* lines read by the mapping */
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
    const struct format *of_columns; /* what would claim a row with all columns, or NULL */
    struct format_memory memory; /* of the input's earlier lines */
    int64_t passed; /* lines by reader_pass() */
    bool leaning;   /* some line of the input was of a stateful format */
    struct batch dropped;
    struct scanning *scanning; /* NULL: texts are not looked at */
    struct keeping *keeping; /* NULL: nothing of texts is kept, and names are as logged */
    struct content_walk texts; /* room for both */
    struct system_template systems;
    struct sampler sampler; /* rate 0: all calls stay */
    bool probing; /* still to be found out whether the input is a log */
    /* Messages of an input of which no line could be read yet: it may be no log at all, and then
     * nobody wants to hear of its lines. More than anybody would show are not kept. */
    struct {
        int64_t line;
        char message[200];
    } held[READER_HELD];
    size_t n_held;
    bool holding;
    int64_t blank; /* lines of the input with nothing in them, while holding */
    const char *text_log; /* what text_log_note() says of one of them, or NULL */
};

enum reader_end {
    READER_MORE,   /* the batch is full; call again */
    READER_DONE,   /* the input is at its end, or at a piece that may still be growing */
    READER_NO_LOG, /* not one line can be read: no log, or text that is known and told of by
                      reader->text_log; the batch holds nothing of it */
    READER_AGAIN,  /* many unreadable lines come before the first readable one: it is a log. Open
                      the input again and read it with probing off; the batch holds nothing of it */
};

#define READER_PROBE 100 /* unreadable lines after which a file may be no log at all */

/* ERR_USAGE when options name an unknown format (the message lists the known ones) or an unknown
 * --set key; of scanning_open() otherwise. */
NODISCARD enum err reader_init(struct reader *r, const struct ingest_options *o, struct error *err);
void reader_release(struct reader *r);

/*
 * Whether anything of a table, which was just opened, is known: its columns or some row. If not, all
 * its rows are counted in c as skipped, of the kind `name`. Reads on in e as far as it must. ERR_IO,
 * ERR_NOMEM.
 *   columns  an object with all of them, null
 */
NODISCARD enum err reader_look(struct reader *r, struct sv columns, struct sv name,
                               struct elements *e, struct reader_counts *c, bool *known,
                               struct error *err);

/*
 * Call before the first reader_fill() of each input. Where reading goes on behind `offset` bytes and
 * the input is of a format whose lines lean on earlier ones, these are read again (from path) and
 * their records dropped. Trouble with that is none: the lines to come then know less.
 *   columns  of a table, as above: a row leaves out those that are NULL, and is read by the format
 *            that would claim it with them, where that comes first; else SV_NONE
 *   probe    look whether the input is a log at all (not for pipes, which cannot be opened again)
 */
void reader_begin(struct reader *r, const char *path, struct sv columns, int64_t offset,
                  bool probe);

/*
 * Reads pieces of e (of a log of lines: lines) into b until the batch is full (about 2 Ki records or
 * 4 MiB of text) or the input ends. Counts are added to c. path and source name the input in messages and records.
 * ERR_IO when the input cannot be read on; what was read before is in the batch.
 */
NODISCARD enum err reader_fill(struct reader *r, struct elements *e, const char *path,
                               uint32_t source, bool growing, struct batch *b,
                               struct reader_counts *c, enum reader_end *end, struct error *err);

/*
 * A line before one that is wanted: it is parsed when later lines may lean on it, and its records are
 * dropped. false when that is over: the first lines of the input show no such format.
 */
bool reader_pass(struct reader *r, const struct line *line);

/*
 * Reads one piece by itself: whatever it is, nothing waits and nothing goes to quarantine. Returns
 * false when it still cannot be read (options->events.bad_line was told why). The batch may be marked
 * as failed, err says how.
 */
bool reader_line(struct reader *r, const struct line *line, const char *path, uint32_t source,
                 struct batch *b, struct reader_counts *c, struct error *err);

/* Reads a whole XML input (JUnit results) into b; at most max_line bytes of it. */
NODISCARD enum err reader_xml(struct reader *r, struct input *in, const char *path,
                              uint32_t source, struct batch *b, struct reader_counts *c,
                              struct error *err);

#endif
