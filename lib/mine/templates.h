/* templates: which prompts were made from one template, when only the prompts are there. */
#ifndef LLMOBS_MINE_TEMPLATES_H
#define LLMOBS_MINE_TEMPLATES_H

#include <stdint.h>
#include "base/arena.h"
#include "base/error.h"
#include "base/sv.h"

/*
 * Words are what stands between blanks; those with digits, URLs and e-mail addresses are all the same
 * to us. A word belongs to the template when the three before it or the three after it predict it:
 * the four together occur 5 times and in 0.2 % of the prompts at least, and in half of the places
 * where the three do. What lies between is a gap; fewer than 4 such words between two gaps are part
 * of them. Skeletons that fit the pattern of a more frequent one, with 5 words at least, are made
 * from that one. Does not depend on the order of the prompts.
 *
 * What it cannot do: tell two templates apart that differ in fewer than 4 words between two gaps, or
 * of which the rarer one has more words where the other has a gap; and see a gap whose filling is the
 * same in most prompts.
 */
struct templates;

#define TEMPLATES_LEARN_MOST 5000 /* prompts that are worth learning from */
#define TEMPLATES_LEAST 5         /* prompts that make a template */
#define TEMPLATES_NONE SIZE_MAX

/* Learns from n prompts: at most TEMPLATES_LEARN_MOST, drawn evenly where there are more (seeded), and
 * of each its first 4,096 words. Memory: 100 bytes a word, at most 1 Mi words. ERR_NOMEM. Prompts are
 * borrowed for the call. */
NODISCARD enum err templates_learn(const struct sv *prompts, size_t n, uint64_t seed,
                                   struct templates **out, struct error *err);
void templates_free(struct templates *t); /* accepts NULL */

size_t templates_count(const struct templates *t);

/* The template that a prompt was made from, TEMPLATES_NONE for none of them (or out of memory). */
size_t templates_match(struct templates *t, struct sv prompt);

/* Its name, the same wherever it was learned: "mined-" and 8 hex digits. */
struct sv templates_name(const struct templates *t, size_t i);

/* Its words, gaps as <*>, numbers as <#>; cut after 200 bytes. What people wrote into most prompts
 * may be in it. */
struct sv templates_pattern(const struct templates *t, size_t i);

/* Of a text's words, those with digits and addresses being all the same: equal for texts that differ
 * in numbers alone. All of it, whatever its length. */
uint64_t templates_masked_hash(struct sv text);

/* The same of several texts one behind the other: `before` is the hash of those in front, 0: none. */
uint64_t templates_masked_hash_on(uint64_t before, struct sv text);

#endif
