/* side_fields: what of calls can be compared between two sides: numbers, rates, categories, scores,
 * branches; the one table of them. */
#ifndef LLMOBS_REPORT_SIDE_FIELDS_H
#define LLMOBS_REPORT_SIDE_FIELDS_H

#include "query/side_values.h"
#include "report/drift_measure.h"
#include "table/table.h"

struct compared_field {
    const char *name;
    enum drift_kind kind;
    enum unit unit; /* of a number */
    int worse;      /* 1: more is worse; -1: less is; 0: neither */
    bool usual;     /* looked at when no field is named */
    enum side_source source;
    int which;           /* enum call_value, or enum vector_source */
    enum fact_kind fact; /* FROM_ITEMS */
    int64_t fact_name;
    bool meta; /* FROM_DIMENSION meta.KEY: a number when all its values are */

    /* While it is open: */
    struct side_field field;
    struct axis axis;
    bool axis_open;
    struct call_items items;
    double *of_code;  /* categories: place of their text in order */
    struct sv *texts; /* of these places */
    size_t n_texts;
    struct arena arena;
};

struct compared_fields {
    struct compared_field *v; /* in the arena given */
    size_t n, cap;
};

/* All fields that calls of the store can have, in the order in which they are shown. */
NODISCARD enum err compared_fields_list(struct store *s, struct arena *a,
                                        struct compared_fields *out, struct error *err);

/* The field of a name; meta.KEY too, and KEY for it where nothing else has the name. NULL with err
 * filled: ERR_USAGE names what there is, ERR_NOMEM. */
struct compared_field *compared_field_find(struct compared_fields *fields, const struct scan *scan,
                                           const char *name, struct arena *a, struct error *err);

/* Makes f->field for the sides of values; not for embeddings. Close it in either case. */
NODISCARD enum err compared_field_open(struct compared_field *f, const struct scan *scan,
                                       struct store *s, struct side_values *values,
                                       struct error *err);
void compared_field_close(struct compared_field *f);

/* After side_values_read(): a score of which all values are 0 or 1 is a rate. */
void compared_field_settle(struct compared_field *f, struct side_values *values, uint32_t groups);

/* How many calls of a window count, given the sampled members of its clusters: the design effects
 * of both sides, 1 where nothing is clustered. */
NODISCARD enum err compared_field_effects(const struct compared_field *f,
                                          struct side_values *values, uint32_t group,
                                          double deff[2], struct error *err);

#endif
