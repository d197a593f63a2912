/* ingest: inputs to store: opens, recognises, parses, and feeds the writer. */
#ifndef LLMOBS_INGEST_INGEST_H
#define LLMOBS_INGEST_INGEST_H

#include "base/zone.h"
#include "detect/detect.h"
#include "format/mapping.h"
#include "ingest/keeping.h"
#include "ingest/score_rules.h"
#include "ingest/line_filter.h"
#include "price/price_book.h"
#include "store/scores.h"

/* What became of one input. */
struct ingest_file {
    const char *path;
    const char *formats; /* "claude-code", "generic 12, otlp 3"; "-" when no line was recognised */
    int64_t lines;       /* read in this run; of a database rows */
    int64_t calls_new, calls_merged, calls_updated;
    int64_t spans, tool_calls, branch_decisions, scores, scores_conflicting;
    int64_t left_out;    /* records of calls, by options.sample_ppb */
    int64_t skipped;     /* lines that are legitimately no record */
    const char *skipped_kinds; /* "3 user, 1 system", "" when none */
    int64_t quarantined;
    int64_t waiting;     /* 1: an unfinished last line waits for the next run */
    int64_t first_us, last_us; /* first > last: none */
    const char *note;    /* "unchanged", "already in, copy of app.jsonl", "no log", or NULL */
    bool failed;         /* could not be read to its end; note says why */
    bool no_log;         /* nothing in it looks like a log; note says so, nothing of it is kept */
};

struct ingest_events {
    void *ctx;
    /* A line went to quarantine; called on the reading thread in input order. */
    void (*bad_line)(void *ctx, const char *path, int64_t line, const char *reason);
    /* An input is done (also when it was skipped); texts borrowed for the call. Called at the end of
     * the run, in the order of reading: only then is it known which spans are calls. */
    void (*file_done)(void *ctx, const struct ingest_file *f);
    /* After each batch, on the writing thread. */
    void (*progress)(void *ctx, const char *path, int64_t consumed_bytes, int64_t total_bytes,
                     int64_t records);
    /* Asked between batches; true: stop cleanly (what was committed stays). */
    bool (*stop)(void *ctx);
};

/* Names templates of prompts; the name must outlive the batch. Asked on the reading thread. */
struct ingest_templates {
    void *ctx;
    struct sv (*of)(void *ctx, const struct json_doc *line); /* NULL: nobody; SV_NONE: it has none */
};

/* Where audit_map.h writes. Zeroed: nowhere. What write() returns is not looked at: the stream
 * knows. */
struct audit_sink {
    void *ctx;
    bool (*write)(void *ctx, const char *p, size_t n);
};

struct ingest_options {
    const char *from;   /* format name, or NULL: recognise */
    const struct mapping *map; /* asked before all formats; NULL: none */
    const struct zone *assume; /* of times without a zone; NULL: UTC */
    int64_t max_line;   /* bytes */
    int jobs;           /* 1: all on one thread; 2: reading and writing side by side */
    uint64_t hash_seed;
    struct price_book *prices; /* what calls cost; NULL: only what their logs say */
    const struct detect_options *scan; /* what to look for in the texts of calls; NULL: nothing */
    struct keep_options keep;  /* zeroed: no texts are kept */
    int64_t sample_ppb; /* of calls that met no guardrail this share is kept, in parts per billion;
                         * 0: all of them, as by DRAW_ALL */
    bool calls_only; /* tool calls and branch decisions are not stored: a third of an agent's log */
    const char *const *set; /* "KEY=VAL" stamped on calls that lack the field */
    size_t n_set;
    struct score_rules scores;
    const char *cluster_key;             /* of struct line_context */
    const struct line_filter *only;      /* lines that are read; NULL: all */
    struct ingest_templates templates; /* of calls that name neither a template nor a prompt and have
                                        * no system message */
    struct audit_sink audit; /* of calls that are stored or merged; on the reading thread */
    struct ingest_events events;
};

struct ingest_totals {
    int64_t files, lines, calls_new, calls_merged, calls_updated, spans, tool_calls,
        branch_decisions, scores, left_out, skipped, quarantined, waiting, files_failed, files_no_log;
    int64_t scores_conflicting; /* said something else than before */
    struct score_counts scored; /* the new ones */
    int64_t scores_late;        /* that waited and whose call came in */
    int64_t first_us, last_us;
};

/* Reads the inputs in order of paths into the store. ERR_USAGE for an unknown format or --set key;
 * ERR_STOPPED after stop(); an input that cannot be read is counted in files_failed and does not
 * end the run. */
NODISCARD enum err ingest_run(struct store *s, const char *const *paths, size_t n_paths,
                              const struct ingest_options *o, struct ingest_totals *totals,
                              struct error *err);

#endif
