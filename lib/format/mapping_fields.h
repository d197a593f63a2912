/* mapping_fields: a mapping as it is held, and the table of what can be mapped. Shared by the files
 * of the mapping alone. */
#ifndef LLMOBS_FORMAT_MAPPING_FIELDS_H
#define LLMOBS_FORMAT_MAPPING_FIELDS_H

#include "format/mapping.h"
#include "format/pick.h"
#include "json/json_pointer.h"

#define MAPPING_MAX_IDENTITY 8 /* parts of an identity */

enum mapping_record { MAPPING_CALL = 1, MAPPING_TOOL_CALL = 2, MAPPING_SCORE = 4 };

/* What a field of a mapping is, beyond fields of the call (enum call_field) and enum target. */
enum mapping_slot {
    M_NAME = T_COUNT,
    M_VALUE,
    M_LABEL,
    M_PASSED,
    M_SCORER,
    M_JUDGE_MODEL,
    M_CASE,
    M_FLAG,
    M_COUNT,
};

/* How the value of a field is read. */
enum mapping_kind {
    MAPPED_TEXT,     /* a dimension or an id: stored, so content is refused */
    MAPPED_WORD,     /* text that is reduced to a status, a kind or a hash */
    MAPPED_ANY,      /* the same of a text, a flag or an object */
    MAPPED_COUNT,
    MAPPED_TOKENS,
    MAPPED_DURATION,
    MAPPED_TIME,
    MAPPED_MONEY,
    MAPPED_BOOL,
    MAPPED_NUMBER,
};

/* A field that can be mapped. Several rows of one name are of different records. */
struct mapping_target {
    const char *name;
    uint8_t records; /* enum mapping_record, or-ed */
    uint8_t kind;
    uint8_t at;   /* enum call_field, enum target or enum mapping_slot */
    uint8_t flag; /* of M_FLAG: enum call_flag */
    const char *help;
};
extern const struct mapping_target mapping_targets[];
extern const size_t n_mapping_targets;

/* A unit: values are multiplied by 10^digits and then divided by divisor, towards the past. */
struct mapping_unit {
    const char *name;
    uint8_t kind;
    uint8_t digits;
    int32_t divisor;
};

/* Where a value comes from. */
struct mapping_from {
    struct json_pointer pointer;
    json_ref constant; /* in the mapping's own document; JSON_END: from the pointer */
    const char *name;  /* for complaints: the pointer, or where the constant stands */
    const struct mapping_unit *unit; /* NULL: none given */
};

struct mapping_field {
    const struct mapping_target *target;
    struct mapping_from from;
};

/* Holds when the value is there and, when a constant is given, equals it. */
struct mapping_match {
    struct json_pointer pointer;
    json_ref constant; /* JSON_END: any value */
};

struct mapping_meta {
    struct sv key;
    struct json_pointer pointer;
};

struct mapping {
    struct arena arena;
    struct json_doc doc;
    enum mapping_record record;
    struct mapping_field *fields;
    struct mapping_match *match;
    struct mapping_meta *meta;
    struct mapping_from identity[MAPPING_MAX_IDENTITY];
    size_t n_fields, n_match, n_meta, n_identity;
};

/* Where a value stands in a line, or in the mapping when it is a constant. */
struct place mapping_place(const struct mapping *m, const struct mapping_from *from,
                           const struct json_doc *doc);

/* What a line gives for the mapped fields. */
struct mapping_values {
    struct place text[M_COUNT]; /* at is JSON_END: nothing */
    struct maybe_i64 number[M_COUNT];
    struct maybe_f64 value;
    int64_t flags;
};

/* Reads one field from where it stands; zeroed values with text[].at of JSON_END to begin with.
 * false: *r->err says what is wrong. Also how constants are checked when the mapping is opened. */
bool mapping_take(const struct reading *r, const struct mapping_field *field, struct place p,
                  struct mapping_values *out);
void mapping_values_clear(struct mapping_values *v);

#endif
