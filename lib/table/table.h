/* table: the second waist. Every answer of every verb becomes one of these. */
#ifndef LLMOBS_TABLE_TABLE_H
#define LLMOBS_TABLE_TABLE_H

#include <stdint.h>
#include "base/arena.h"
#include "base/error.h"
#include "base/sv.h"

enum unit {
    UNIT_NONE,   /* text */
    UNIT_COUNT,  /* whole number */
    UNIT_TOKENS, /* whole number */
    UNIT_US,     /* microseconds, whole; tables choose ms or s once per column */
    UNIT_NUSD,   /* nano-dollars, whole; JSON and CSV give exact decimal dollars */
    UNIT_RATE,   /* 0..1; tables show percent */
    UNIT_PER_S,  /* real number per second */
    UNIT_REAL,   /* real number */
};

enum cell_type { CELL_MISSING = 0, CELL_INT, CELL_REAL, CELL_TEXT };

struct cell {
    enum cell_type type;
    bool lower_bound; /* the true value is at least this: something is missing in it */
    bool small_n;     /* fewer values than the figure needs to mean what its name says */
    bool estimate;    /* something is missing in what it is made of: it may be more or less */
    int64_t i;        /* CELL_INT */
    double r;         /* CELL_REAL */
    struct sv text;   /* CELL_TEXT; in the table's arena or static. With CELL_MISSING: a word that
                       * people see in its place, static */
};

struct column {
    const char *key;      /* JSON key and CSV name: "latency_p95_us", "cost_usd", "feature" */
    const char *also_key; /* UNIT_NUSD: a second key for the integer ("cost_nusd"), or NULL */
    const char *title;    /* head in text tables without unit: "p95", "cost" */
    enum unit unit;
    bool dimension;  /* a group's name, left-aligned */
    bool change;     /* people see a + in front of what is above zero */
    bool in_text;    /* shown in table and md */
    bool in_data;    /* shown in json, jsonl, csv, tsv */
    bool tree;       /* text that people see behind the lines of a tree, by the rows' depth */
    const char *pair; /* JSON: this and the next column are one list of two under this key */
    bool in_graph;   /* dot and mermaid write it on the node, or on the edge */
    int drop;        /* narrow terminals drop the column with the largest value first; 0: never */
};

enum row_kind {
    ROW_GROUP,
    ROW_OTHER, /* the groups beyond --limit together */
    ROW_GAP,   /* of a chart: time without calls, from the first dimension's text on */
};

struct row {
    enum row_kind kind;
    bool lower_bound; /* any cell of it is, those of the window before aside */
    bool lower_bound_previous; /* one of these is */
    uint32_t depth;   /* in a tree: below the last row before it that has one less */
    struct cell *cells; /* table.n_columns */
    const char *remark; /* of a chart: words behind the bar, or NULL */
};

/* Columns of a chart: bars of one, and of what it is compared with. */
struct chart {
    size_t column;
    bool compared;
    size_t before, change_rate; /* when compared */
};

/* Objects with the same keys: [{"model": "m", "calls": 3}]. */
struct fact_list {
    const char *const *keys;
    size_t n_keys, n;
    struct cell *cells; /* n_keys of each object, one object behind the other */
    bool single; /* there is one object, and no list around it */
};

/* What a drawing makes of the rows. */
enum graph {
    GRAPH_NONE,
    GRAPH_TREE,  /* nodes, by their depth; the tree column names them */
    GRAPH_EDGES, /* edges, from the first dimension to the second */
};

/* A name and a value of the envelope's lists ("calls_without_time": 3). */
struct fact {
    const char *key;
    const char *also_key; /* of struct column; the unit is UNIT_NUSD then, else it is UNIT_NONE */
    struct cell value;
    const struct fact_list *list; /* in place of the value, or NULL */
};

/* Plain data, all of it in the arena. */
struct table {
    struct arena arena;
    const char *verb; /* "report" */
    const char *view; /* "cost", or NULL */
    struct column *columns;
    size_t n_columns, cap_columns;
    struct row *rows;
    size_t n_rows, cap_rows;
    struct row totals; /* cells NULL: none */
    enum graph graph;
    int64_t total_calls;
    const char *one, *many; /* what total_calls counts, where it is not calls: "tool call" */
    const char *db; /* as shown; NULL: files were read */
    const char *tz;
    bool since_known, until_known;
    int64_t since_us, until_us; /* half-open window [since, until) in UTC */
    bool has_previous; /* compared with another window: */
    int64_t previous_since_us, previous_until_us;
    int64_t previous_calls;
    const char *previous_text;
    const struct chart *chart;  /* tables are drawn instead of set, or NULL */
    const char *narrative; /* sentences above the table, by lines where there are several, or NULL;
                            * text from outside in it must not have line ends */
    const char *window_text;    /* for the head of text tables: "2026-11-14 .. 2026-11-20" */
    const char *head; /* of text tables, where window, zone and calls say nothing; NULL: these */
    const char **filters;
    size_t n_filters;
    const char **by;
    size_t n_by;
    struct fact *coverage;
    size_t n_coverage, cap_coverage;
    struct fact *answers; /* beside the rows: "verdict": "drift" */
    size_t n_answers, cap_answers;
    const char **warnings; /* shown below text tables, too */
    size_t n_warnings, cap_warnings;
    const char **notes; /* below text tables only */
    size_t n_notes, cap_notes;
};

/* All return NULL / false when out of memory. */
struct column *table_add_column(struct table *t, const char *key, const char *title,
                                enum unit unit);
/* A column behind the others of a table that has rows; their cells are missing. */
struct column *table_extend(struct table *t, const char *key, const char *title, enum unit unit);
struct row *table_add_row(struct table *t); /* columns must be complete; cells are missing */
bool table_add_fact(struct table *t, const char *key, struct cell value);
/* The whole number of a fact, 0 where there is no such fact. */
int64_t table_fact(const struct table *t, const char *key);
/* Nano-dollars under two keys: exact dollars, and the integer. */
bool table_add_money(struct table *t, const char *key, const char *also_key, struct cell nusd);
/* Room for the cells of n objects, to be filled in; keys are borrowed. */
struct cell *table_add_fact_list(struct table *t, const char *key, const char *const *keys,
                                 size_t n_keys, size_t n);
/* The same beside the rows; single: one object. */
bool table_answer(struct table *t, const char *key, struct cell value);
struct cell *table_answer_list(struct table *t, const char *key, const char *const *keys,
                               size_t n_keys, size_t n, bool single);
bool table_warn(struct table *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool table_note(struct table *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void table_release(struct table *t);

/* Shows only the columns named, by key or title, to people and to machines; n 0 leaves all as they
 * are. ERR_USAGE names one that there is not, and what there is. */
NODISCARD enum err table_choose(struct table *t, const char *const *names, size_t n,
                                struct error *err);

static inline struct cell cell_int(int64_t v)
{
    return (struct cell){.type = CELL_INT, .i = v};
}
static inline struct cell cell_real(double v)
{
    return (struct cell){.type = CELL_REAL, .r = v};
}
static inline struct cell cell_text(struct sv v)
{
    return (struct cell){.type = v.p ? CELL_TEXT : CELL_MISSING, .text = v};
}

#endif
