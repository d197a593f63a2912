/* rule_sets: the alert rules that a command line names. */
#ifndef LLMOBS_RULE_SETS_H
#define LLMOBS_RULE_SETS_H

#include "alert/rule.h"
#include "commands.h"

/* The names of the embedded sets, as a word_list. */
const char *rule_set_word(size_t i);

/* An embedded set by its name, or a file of at most 1 MiB. ERR_NOT_FOUND when it is neither; else
 * as rules_read(). */
NODISCARD enum err rule_set_open(const char *name, struct arena *arena, struct rule_set *out,
                                 struct error *err);

/* A file of objectives, as rules. As slo_read(); ERR_IO, ERR_RANGE. */
NODISCARD enum err slo_open(const char *path, struct arena *arena, struct rule_set *out,
                            struct error *err);

/* Whether a word on the command line means rules and not a log: the name of an embedded set, or a
 * JSON file with "rules". */
bool rule_set_is(const char *word);

/* What a severity's name means; SEVERITY_COUNT: none was given. */
enum severity severity_of_word(const char *word);
const char *severity_word(size_t i); /* as a word_list, aliases included */

#endif
