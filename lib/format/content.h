/* content: the texts of a parsed line that went into a model or came out of it, whichever format
 * the line has. Nothing of them is kept: who visits decides what becomes of them. */
#ifndef LLMOBS_FORMAT_CONTENT_H
#define LLMOBS_FORMAT_CONTENT_H

#include "json/json.h"

enum content_side {
    CONTENT_NONE,
    CONTENT_SYSTEM, /* input that the application itself wrote: system prompts, templates */
    CONTENT_INPUT,
    CONTENT_OUTPUT,
    CONTENT_ANY, /* whoever visits takes every text for one, and knows no side */
};

struct content_text {
    enum content_side side;
    struct sv text; /* decoded; borrowed for the call; may be empty */
    bool json;      /* it is JSON, whose texts were visited before */
    bool whole;     /* with json: the answer as it stands, and not what answers come in */
    bool part;      /* of such an answer, which comes behind its parts */
    bool context;   /* of an input: what was looked up for the question */
    bool reasoning; /* of an output: what the model thought before it answered */
};

#define CONTENT_INNER_MAX 2 /* JSON in a text in a text */

/* Room that visits use again and again. Zeroed storage is empty. */
struct content_walk {
    struct arena arena;
    struct json_doc inner[CONTENT_INNER_MAX];
    unsigned depth;
    unsigned contexts; /* keys around the value that say so */
    unsigned tools;    /* around the value: what the answer asks for */
    unsigned reasonings; /* around it: what was thought */
    unsigned wholes;     /* around it: answers that will be visited as they stand */
    bool no_objects; /* values of the line were struck out, which objects of it still show: they are
                      * not visited as they stand */
    bool wants_json; /* the request asked for an answer in JSON; never unset here */
    bool has_tools;  /* the answer calls tools; the same */
    void (*visit)(void *ctx, const struct content_text *text);
    void *ctx;
};

/*
 * Calls w->visit for each text in the value at `at` of d, which is of that side, or CONTENT_NONE
 * when its keys have to tell. What a text is follows from the names of the keys that lead to it
 * (prompt, messages, response, gen_ai.output.messages ...) and from roles; ids, models, types,
 * reasons, data of images are no texts. A text that is JSON is gone through in its turn. Of a
 * conversation the last message is output when an assistant said it.
 *
 * JSON that came out is the answer itself, and visited as it stands behind its texts, unless it is
 * what answers come in: a provider's body, messages with roles, parts with types. So are objects of
 * the line none of whose keys is one that texts come under, and the arguments of tools.
 *
 * false: out of memory. O(bytes of the value).
 */
bool content_visit(struct content_walk *w, const struct json_doc *d, json_ref at,
                   enum content_side side);

void content_release(struct content_walk *w);

#endif
