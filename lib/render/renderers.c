/* renderers: the list of outputs. A new one is a file and a row here. */
#include "render/render.h"

#include "render/render_formats.h"
#include "base/banned.h"

/* clang-format off */
const struct renderer renderers[] = {
    {"table", ".txt",           render_text },
    {"json",  ".json",          render_json },
    {"jsonl", ".jsonl .ndjson", render_jsonl},
    {"csv",   ".csv",           render_csv  },
    {"tsv",   ".tsv",           render_tsv  },
    {"md",    ".md .markdown",  render_md   },
    {"dot",   ".dot .gv",       render_dot  },
    {"mermaid", ".mmd .mermaid", render_mermaid},
    {"otlp",  "",               render_otlp },
};
/* clang-format on */

const size_t renderer_count = ARRAY_LEN(renderers);

const struct renderer *renderer_find(const char *name)
{
    for (size_t i = 0; i < renderer_count; i++)
        if (strcmp(renderers[i].name, name) == 0)
            return &renderers[i];
    return NULL;
}

/* True when the path ends in one of the suffixes, in upper or lower case. */
static bool has_suffix(struct sv path, const char *suffixes)
{
    while (*suffixes) {
        struct sv suffix = {suffixes, strcspn(suffixes, " ")};
        if (path.n > suffix.n &&
            sv_eq_nocase((struct sv){path.p + path.n - suffix.n, suffix.n}, suffix))
            return true;
        suffixes += suffix.n;
        suffixes += *suffixes == ' ';
    }
    return false;
}

const struct renderer *renderer_for_file(const char *path)
{
    for (size_t i = 0; i < renderer_count; i++)
        if (has_suffix(sv_from(path), renderers[i].suffixes))
            return &renderers[i];
    return NULL;
}
