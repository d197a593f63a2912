/* subject: from an id on the command line to the one thing that it is about. */
#ifndef LLMOBS_SUBJECT_H
#define LLMOBS_SUBJECT_H

#include "commands.h"
#include "query/trace_find.h"

/* Splits the arguments: the first one is an id (or name) unless it is a file, the others are files.
 * *id: NULL where there is none. ERR_NOMEM. */
NODISCARD enum err subject_arguments(struct invocation *inv, const char **id,
                                     struct text_list *files, struct error *err);

/* As trace_find(); what it may be instead is listed on standard error. Texts live as long as inv.
 */
NODISCARD enum err subject_find(struct invocation *inv, struct store *s, const char *id,
                                struct trace_subject *out, struct error *err);

/* As trace_find_one(). */
NODISCARD enum err subject_find_one(struct invocation *inv, struct store *s, const char *id,
                                    struct trace_subject *out, struct found_id *found,
                                    struct error *err);

#endif
