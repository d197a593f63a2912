/* leftover: scalars that no field takes, kept as one JSON object with sorted keys. */
#ifndef LLMOBS_FORMAT_LEFTOVER_H
#define LLMOBS_FORMAT_LEFTOVER_H

#include "format/scalar.h"

#define LEFTOVER_MAX 64          /* members kept */
#define LEFTOVER_MAX_BYTES 4096  /* of JSON text */
#define LEFTOVER_MAX_KEY 80      /* bytes of a key */
#define LEFTOVER_MAX_TAGS 32

struct leftover {
    struct sv key;
    const struct json_doc *doc;
    json_ref at;
    bool bare; /* a text that is written without quotes */
    struct sv written; /* the value as it is to stand there, in place of all that */
};

struct leftovers {
    size_t n;
    struct leftover item[LEFTOVER_MAX]; /* sorted by key */
};

enum leftover_how {
    LEFTOVER_PLAIN = 0,
    LEFTOVER_WEAK = 1,    /* a key that is there already stays as it is; else it is replaced */
    LEFTOVER_INTEGER = 2, /* a text is an integer, as OTLP writes 64 bits; others are dropped */
};

/*
 * Offers a member. Kept when its key is a name rather than a sentence and not on the content list,
 * and its value is a number, a boolean or a text of at most 200 bytes that holds no JSON itself.
 * The key is borrowed until leftover_json(). how: or-ed enum leftover_how.
 */
void leftover_add(struct leftovers *l, struct sv key, const struct json_doc *doc, json_ref value,
                  unsigned how);

/* Takes back the member with this value, if it was kept. */
void leftover_drop(struct leftovers *l, const struct json_doc *doc, json_ref value);

/* Offers a count of our own making under a key that is a name; one that is there already stays. */
void leftover_add_count(struct leftovers *l, const struct reading *r, struct sv key, int64_t n);

/*
 * Offers a list of tags under the key "tags": labels as above, in the order of the log and each once,
 * as one text that is a JSON array: "[\"beta\",\"team:x\"]". So a set of tags is one scalar that many
 * calls share. doc's value is an array of texts (or of OTLP's AnyValue), or one text.
 */
void leftover_add_tags(struct leftovers *l, const struct reading *r, const struct json_doc *doc,
                       json_ref tags);

/* Texts that were checked before, under a key of ours, as one: "pii, secrets". */
void leftover_add_list(struct leftovers *l, const struct reading *r, struct sv key,
                       const struct sv *texts, size_t n);

/* The object's text in the batch's arena; SV_NONE when nothing was kept. */
struct sv leftover_json(const struct reading *r, const struct leftovers *l);

#endif
