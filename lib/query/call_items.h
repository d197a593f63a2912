/* call_items: what stands beside calls in tables of its own, as one value for each call's row. */
#ifndef LLMOBS_QUERY_CALL_ITEMS_H
#define LLMOBS_QUERY_CALL_ITEMS_H

#include "query/scan.h"
#include "store/facts_each.h"

struct call_item {
    int64_t call_id;
    int64_t place; /* row in the call's chunk; -1: it is not stored */
    int64_t value; /* as in the columns of calls */
};

/* Zeroed storage is empty; call_items_release() it. */
struct call_items {
    struct call_item *v; /* ascending by call, one for each, after call_items_place() */
    size_t n, cap;
};

/* False when out of memory. */
bool call_items_add(struct call_items *items, int64_t call_id, int64_t value);

/*
 * Sorts what was added and finds the rows. Of a call that has several, merge makes one value of
 * n ascending ones; NULL: the smallest.
 */
NODISCARD enum err call_items_place(struct call_items *items, struct store *s,
                                    int64_t (*merge)(const struct call_item *v, size_t n),
                                    struct error *err);
void call_items_release(struct call_items *items);

/* Adds the facts of a name: reals as real_to_key() makes them. */
NODISCARD enum err call_items_load(struct call_items *items, struct store *s, enum fact_kind kind,
                                   int64_t name, struct error *err);

/* Behind the last one: several scores of a call count with their mean; a call that went several ways
 * went to the node if one of them led there. */
NODISCARD enum err call_items_done(struct call_items *items, struct store *s, enum fact_kind kind,
                                   struct error *err);

/* The values of the slice's rows, CALL_MISSING where there is none. Thread-safe. */
void call_items_slice(const struct call_items *items, const struct slice *slice, int64_t *out);

#endif
