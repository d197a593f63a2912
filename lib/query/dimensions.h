/* dimensions: what calls can be grouped and filtered by, and rows as dense group codes. */
#ifndef LLMOBS_QUERY_DIMENSIONS_H
#define LLMOBS_QUERY_DIMENSIONS_H

#include "base/arena.h"
#include "base/zone.h"
#include "query/bucket.h"
#include "query/step_fields.h"
#include "store/store.h"

enum dimension_kind {
    DIMENSION_TEXT,    /* a dictionary: which = enum call_field */
    DIMENSION_MODEL,   /* request_model, else response_model */
    DIMENSION_STATUS,
    DIMENSION_SESSION,
    DIMENSION_TIME,    /* which = enum bucket */
    DIMENSION_META,    /* meta.KEY: a leftover scalar of the line */
    DIMENSION_TAGS,    /* tag, tag:PREFIX: many-valued; a code is a set of tags */
    DIMENSION_STEP,    /* of steps, not of calls: which = enum step_column */
};

struct dimension {
    const char *name; /* as in --by and --where, and the JSON key */
    enum dimension_kind kind;
    int which;
};

extern const struct dimension dimensions[]; /* the table; without meta.KEY */
extern const size_t dimension_count;

/* By name, "meta.KEY" and "tag:PREFIX" included; NULL when there is none. */
const struct dimension *dimension_find(struct sv name);

/* The names of dimensions of calls, then "tag:PREFIX" and "meta.KEY"; NULL at the end. */
const char *const *dimension_names(void);

/* The same, and those of steps. */
const char *const *dimension_names_all(void);

/* What an axis is opened on; everything is borrowed and must outlive it. */
struct axis_source {
    struct store *store;
    const struct zone *zone;
    const struct chunk_info *chunks;
    size_t n_chunks;
    int64_t first_us, last_us; /* no counted call starts outside; first > last: none has a start */
    struct step_fields *steps; /* rows are steps and have these, too; NULL: rows are calls */
};

struct tag_set;

/* A dimension opened on a store: each row has a code in [0, n_codes); 0 means missing. Plain data;
 * release it with axis_release(). */
struct axis {
    const struct dimension *dim;
    const char *name;
    uint64_t columns; /* of the store, that axis_codes() looks at */
    int64_t n_codes;

    struct store *store;
    const struct zone *zone;
    struct arena arena;     /* the name, and the sets below */
    struct text_set texts;  /* model, meta, tags */
    const struct text_set *steps; /* the same of steps; borrowed */
    int64_t *of_request, n_request, *of_response, n_response; /* model: dictionary id to code */
    struct keymap by_key;   /* session: key to code - 1; meta: meta_id to place in of_meta */
    int64_t *of_meta;
    uint32_t cap_of_meta;
    int64_t base, step;     /* time: bucket number = base + (code - 1) * step */
    struct tag_set *sets;   /* tags: of code i + 1; texts are those of single tags */
    uint32_t n_sets, cap_sets;
    struct keymap by_set;   /* hash of a set to its place in sets */
};

/* The tags of a call in the order of the log, as places in the axis' texts; never empty. */
struct tag_set {
    const uint32_t *tags;
    uint32_t n;
};

/* Tags: the set of a code; empty for 0. */
struct tag_set axis_tags(const struct axis *x, int64_t code);

/* Opens a dimension by name. ERR_USAGE for an unknown name: lists the names and what is near. */
NODISCARD enum err axis_open(const struct axis_source *source, struct sv name, struct axis *out,
                             struct error *err);
void axis_release(struct axis *x);

/* Codes of `rows` rows. memo is this thread's (bucketer_init() with the axis' zone and bucket, see
 * axis_memo()); safe from several threads. */
void axis_codes(const struct axis *x, struct bucketer *memo, const int64_t *const *cols,
                int64_t rows, int64_t *out);
struct bucketer axis_memo(const struct axis *x);

/* Text of a code (of a set of tags the first one's), SV_NONE for 0 (and when out of memory); lives as long as the axis' store or the
 * arena, whichever goes first. One thread at a time. */
struct sv axis_text(const struct axis *x, int64_t code, struct arena *a);

/* ERR_USAGE with "unknown WHAT 'NAME'", what is near it, and the names that there are. */
enum err unknown_name(struct error *err, const char *what, struct sv name,
                      const char *const *names);

#endif
