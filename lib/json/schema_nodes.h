/* schema_nodes: a schema as json_schema_compile() leaves it to json_schema_check(). */
#ifndef LLMOBS_JSON_SCHEMA_NODES_H
#define LLMOBS_JSON_SCHEMA_NODES_H

#include "json/json_number.h"
#include "json/json_schema.h"

struct regex;
struct schema_node;

struct schema_list {
    const struct schema_node **v;
    size_t n;
};

struct schema_pattern {
    struct regex *re;
    const struct schema_node *node;
};

/* A key that the schema names. */
struct schema_name {
    struct sv text;
    const struct schema_node *node; /* of properties, NULL */
    bool required;
};

/* What holds for objects that have a key. */
struct schema_dependent {
    size_t name;
    size_t *needs; /* names */
    size_t n_needs;
    const struct schema_node *node; /* NULL: none */
};

/* The keywords of objects. */
struct schema_members {
    struct schema_name *names; /* ascending, one for each text */
    size_t n_names;
    struct schema_dependent *dependents;
    size_t n_dependents;
    struct schema_pattern *patterns;
    size_t n_patterns;
    const struct schema_node *additional, *keys; /* NULL: any */
    int64_t min, max;
    bool required; /* some name is */
};

/* Those of arrays. */
struct schema_elements {
    struct schema_list prefix;
    const struct schema_node *items, *contains; /* NULL: any */
    int64_t min, max;
    int64_t min_contains, max_contains;
    bool unique;
};

enum schema_bound { BOUND_MIN, BOUND_MAX, BOUND_ABOVE, BOUND_BELOW, BOUND_MULTIPLE, BOUNDS };

struct schema_numbers {
    struct json_number bound[BOUNDS];
    bool has[BOUNDS];
};

struct schema_strings {
    int64_t min, max;
    struct regex *pattern; /* NULL: any */
};

#define SCHEMA_TYPE(t) (1u << (t))     /* of enum json_type */
#define SCHEMA_WHOLE (1u << JSON_NONE) /* numbers without a fraction */

struct schema_node {
    bool refuses; /* false: nothing holds */
    bool judged;  /* by the search for loops */
    bool being_judged;
    unsigned types;                       /* SCHEMA_TYPE() and SCHEMA_WHOLE; 0: all */
    json_ref enumerated, constant;        /* in the schema's document, JSON_END */
    const struct schema_members *members; /* NULL: no keyword of theirs */
    const struct schema_elements *elements;
    const struct schema_numbers *numbers;
    const struct schema_strings *strings;
    struct schema_list all, any, one;
    const struct schema_node *ref, *not, *condition, *then, *otherwise; /* NULL: none */
    json_ref at;
};

struct json_schema {
    struct json_doc doc; /* of the schema's text */
    struct arena arena;
    struct schema_node **nodes; /* by token: the schema that stands there, or NULL */
    const struct schema_node *root;
    struct regex **patterns;
    size_t n_patterns;

    /* Room for checking. */
    struct json_doc text;
    struct arena strings; /* one at a time */
    struct buf pointer;
    unsigned char *seen; /* a stack of marks */
    size_t n_seen, cap_seen;
};

#endif
