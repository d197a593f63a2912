/* line_filter: which lines of an input are wanted, by members that they have: judge=gpt-4*. */
#ifndef LLMOBS_INGEST_LINE_FILTER_H
#define LLMOBS_INGEST_LINE_FILTER_H

#include "json/json.h"

#define LINE_FILTER_MAX 16

struct line_filter {
    struct {
        char name[64];  /* of a member of the line, or of its metadata */
        struct sv glob; /* of its text */
        bool differs;   /* wanted is what does not match */
    } terms[LINE_FILTER_MAX];
    size_t n;
};

/* Adds KEY=PATTERN or KEY!=PATTERN, borrowed; all terms must hold. ERR_USAGE for anything else. */
NODISCARD enum err line_filter_add(struct line_filter *f, const char *term, struct error *err);

/* A line without the member is wanted only where it should differ from something. */
bool line_filter_keeps(const struct line_filter *f, const struct json_doc *doc);

#endif
