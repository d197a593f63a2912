/* groups: the objects of one document that tell of the same thing, brought together by its id: the
 * halves of a run, a create and its updates, a list and its repetition. */
#ifndef LLMOBS_FORMAT_GROUPS_H
#define LLMOBS_FORMAT_GROUPS_H

#include "format/scalar.h"

/* Of more objects of one id only the last are asked, so that no document takes longer than its
 * length. */
#define TOLD_MAX 64

struct group_item {
    struct sv id;
    uint32_t order;  /* of groups_add() */
    json_ref at;     /* the object */
    json_ref around; /* what it stands in, as groups_add() was told */
};

/* Zeroed storage is empty. */
struct groups {
    struct group_item *items;
    size_t n, cap;
};

/* One thing: the objects that tell of it, the later ones changing what the earlier ones said. */
struct told {
    const struct json_doc *doc;
    const struct group_item *items;
    size_t n;
};

/* Adds an object. The id is borrowed. false when out of memory; the batch is marked then. */
bool groups_add(struct groups *g, const struct reading *r, struct sv id, json_ref at,
                json_ref around);

/* Sorts by id, and by order within one id. Before it there is nothing to find. */
void groups_sort(struct groups *g);

/* The objects of an id, of many the last TOLD_MAX; n is 0 when there is none. */
struct told groups_find(const struct groups *g, const struct json_doc *doc, struct sv id);

/* The thing whose first item is items[from]; the next one begins at from + n. */
struct told groups_from(const struct groups *g, const struct json_doc *doc, size_t from);

void groups_release(struct groups *g);

/* A member: the last one told that is neither missing nor an empty container, among the last
 * TOLD_MAX; JSON_END when there is none. */
json_ref told_get(const struct told *t, const char *key);

/* The same for struct call_record: 0 when there is none. */
json_ref told_value(const struct told *t, const char *key);

#endif
