/* help: what -h, --help, `help` and the manual pages say, all from the tables. */
#ifndef LLMOBS_HELP_H
#define LLMOBS_HELP_H

#include "base/buf.h"
#include "commands.h"

/* All commands in their groups. */
void help_overview(struct buf *out);

/* At most 24 lines of 80 columns. */
void help_brief(const struct command *c, struct buf *out);

/* Everything but the prose of the manual. */
void help_full(const struct command *c, struct buf *out);

/*
 * The manual page in mdoc(7): head, NAME and SYNOPSIS, then the prose, in which these lines are
 * replaced by what the tables say: @OPTIONS@ @LISTS@ @EXAMPLES@, and for llmobs(1) @COMMANDS@ and
 * @ENVIRONMENT@.
 *   c  NULL: the page of llmobs itself
 */
void man_page(const struct command *c, struct sv prose, struct buf *out);

#endif
