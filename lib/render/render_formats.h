/* render_formats: the renderers, for the list in renderers.c. */
#ifndef LLMOBS_RENDER_FORMATS_H
#define LLMOBS_RENDER_FORMATS_H

#include "render/render.h"

/*
 * Each writes the table to the sink in pieces. ERR_IO when the sink takes no more, ERR_NOMEM; the
 * output then ends early. The same table and options give the same bytes.
 */

/* For people: one line for each row, fitted to options.width. */
NODISCARD enum err render_text(const struct table *t, const struct render_options *o,
                               const struct sink *out, struct error *err);

/* The same for a table with a chart: a bar for each row, in eighths of a character where UTF-8 may be
 * written; with what it is compared with below. What render_text() does with such a table. */
NODISCARD enum err render_chart(const struct table *t, const struct render_options *o,
                                const struct sink *out, struct error *err);

/* One object; top-level keys and rows on lines of their own. */
NODISCARD enum err render_json(const struct table *t, const struct render_options *o,
                               const struct sink *out, struct error *err);

/* One row object for each line, no envelope and no totals. */
NODISCARD enum err render_jsonl(const struct table *t, const struct render_options *o,
                                const struct sink *out, struct error *err);

/* RFC 4180, but lines end in LF, since with CRLF `cut` and `join` find a CR in the last field. No
 * totals, so that a column can be added up. */
NODISCARD enum err render_csv(const struct table *t, const struct render_options *o,
                              const struct sink *out, struct error *err);

/* One field per column whatever it holds: tab, newline, return and backslash are \t \n \r \\. */
NODISCARD enum err render_tsv(const struct table *t, const struct render_options *o,
                              const struct sink *out, struct error *err);

/* A pipe table of GitHub's Markdown that fits into a comment: 65,536 characters at most, rows are
 * left out and counted. ERR_RANGE when not even a table without rows fits. */
NODISCARD enum err render_md(const struct table *t, const struct render_options *o,
                             const struct sink *out, struct error *err);

/* A drawing of a tree or of paths (table.graph) for Graphviz and for Mermaid. ERR_USAGE for other
 * tables. */
NODISCARD enum err render_dot(const struct table *t, const struct render_options *o,
                              const struct sink *out, struct error *err);
NODISCARD enum err render_mermaid(const struct table *t, const struct render_options *o,
                                  const struct sink *out, struct error *err);

/* A tree as one OTLP request in JSON: what reads OpenTelemetry's traces reads it. ERR_USAGE for
 * other tables. */
NODISCARD enum err render_otlp(const struct table *t, const struct render_options *o,
                               const struct sink *out, struct error *err);

#endif
