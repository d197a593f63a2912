/* mined: the templates of prompts in files that name none. */
#ifndef LLMOBS_MINED_H
#define LLMOBS_MINED_H

#include "commands.h"
#include "ingest/ingest.h"
#include "text.h"

struct mined;

/*
 * Reads the files once and learns; of a prompt the first 16 KiB, of all at most as many as are
 * worth learning from. ERR_USAGE for standard input, which cannot be read again; as reading_open()
 * otherwise.
 */
NODISCARD enum err mined_learn(struct invocation *inv, const struct text_list *files,
                               struct mined **out, struct error *err);
void mined_free(struct mined *m); /* accepts NULL */

/* What an ingest run asks for each line with a call that names no template. */
struct ingest_templates mined_templates(struct mined *m);

/* Pattern of a template by its name, SV_NONE for others. */
struct sv mined_pattern(const struct mined *m, struct sv name);

#endif
