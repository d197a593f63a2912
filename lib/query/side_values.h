/* side_values: the values of one field after the other on both sides of a comparison, by group,
 * in ascending order. */
#ifndef LLMOBS_QUERY_SIDE_VALUES_H
#define LLMOBS_QUERY_SIDE_VALUES_H

#include "query/call_items.h"
#include "query/call_scores.h"
#include "query/sides.h"

enum side_source {
    FROM_VALUE,     /* a number of the call */
    FROM_DIMENSION, /* codes of an axis from 1 on; calls without one are missing */
    FROM_ERROR,     /* 1: the status is error; 0: it is another one */
    FROM_ITEMS,     /* what stands beside the call, a real */
};

/* Everything in it is borrowed. */
struct side_field {
    enum side_source source;
    enum call_value value;   /* FROM_VALUE */
    enum cost_choice cost;   /* of V_COST_NUSD */
    const struct axis *axis; /* FROM_DIMENSION */
    const double *of_code;   /* FROM_DIMENSION: what its codes stand for; NULL: they are it */
    const struct call_items *items; /* FROM_ITEMS */
};

#define SIDE_ALL UINT32_MAX /* in place of a group: all of them */

/* The values of a side; they are gone when the next field is read. */
struct side_sample {
    double *v;
    size_t n;
    int64_t missing; /* calls without one */
};

/* Where a call belongs for who counts the calls of a conversation as alike. */
struct side_member {
    uint64_t cluster; /* session, else user; a call without is one for itself */
    double value;
    uint32_t group;
    uint32_t side;
};

struct side_values;

/*
 * Walks once over the scan's calls. cluster_sample: of how many calls, about, the clusters are
 * looked at: whole ones, chosen by their key, so that neither the order of the calls nor the number
 * of threads counts. ERR_USAGE when calls are on both sides.
 */
NODISCARD enum err side_values_open(struct scan *scan, struct store *store,
                                    const struct side_spec *spec, size_t cluster_sample,
                                    struct side_values **out, struct error *err);
void side_values_close(struct side_values *s); /* accepts NULL */

/* Calls of a group on a side, or of all groups. */
int64_t side_values_calls(const struct side_values *s, uint32_t group, int side);

/* Some calls have a session, or at least a user. */
bool side_values_clustered(const struct side_values *s);

/* Reads a field. About 16 bytes for each call on either side. */
NODISCARD enum err side_values_read(struct side_values *s, const struct side_field *field,
                                    struct error *err);

/* Afterwards: the values of a group, and of all groups. */
struct side_sample side_values_get(struct side_values *s, uint32_t group, int side);
struct side_sample side_values_all(struct side_values *s, int side);

/* The sampled members of a group, or of all, ordered by side, cluster and value; valid until the
 * next call. None where nothing is clustered. */
void side_values_members(struct side_values *s, uint32_t group, const struct side_member **out,
                         size_t *n);

/* Adds the scores of traces and sessions under a name to the items: each once on each side, to the
 * call of its trace or session that is the first one there. O(scores) and a walk where there are
 * any. */
NODISCARD enum err side_values_add_scores(struct side_values *s, int64_t name,
                                          struct call_items *items, struct error *err);

/* A call that something stands beside. */
struct side_row {
    int64_t started_us;
    uint64_t identity, cluster; /* the same in every database */
    int64_t input_hash;         /* CALL_MISSING: unknown */
    int64_t value;              /* of the item */
    uint32_t group, side;
};

/* The calls on either side that the items stand beside, ordered by side, start and identity: free()
 * the array. */
NODISCARD enum err side_values_rows(struct side_values *s, const struct call_items *items,
                                    struct side_row **out, size_t *n, struct error *err);

#endif
