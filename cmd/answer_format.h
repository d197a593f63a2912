/* answer_format: the schema of --check-format, for the verbs that have it. */
#ifndef LLMOBS_ANSWER_FORMAT_H
#define LLMOBS_ANSWER_FORMAT_H

#include "base/buf.h"
#include "query/format_checks.h"

/* Zeroed storage is none; answer_format_release() it, also after an error. */
struct answer_format {
    struct buf text;
    struct format_spec spec;
};

/* The file that path names. ERR_IO with the system's words; what is wrong with the schema as
 * json_schema_compile() says it. */
NODISCARD enum err answer_format_open(const char *path, struct answer_format *out,
                                      struct error *err);
void answer_format_release(struct answer_format *f);

#endif
