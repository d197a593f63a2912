/* md_text: text in a Markdown document. */
#ifndef LLMOBS_RENDER_MD_TEXT_H
#define LLMOBS_RENDER_MD_TEXT_H

#include "base/buf.h"

/* Appends text, which safe_text() has been over, so that Markdown shows it as it is, in a cell of a
 * table too. */
void md_text(struct buf *b, struct sv text);

#endif
