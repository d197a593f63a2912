/* version: what is running, for bug reports. The one place outside the owners of these packages
 * that includes their headers: only they know which version was loaded. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <sqlite3.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include "commands.h"
#include "output.h"
#include "price/price_book.h"
#include "base/banned.h"

static enum err version_run(struct invocation *inv, struct error *err)
{
    char pcre2[64] = "?";
    struct buf text = {0};
    enum err rc;

    /* "10.42 2022-12-11" */
    if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) < (int)sizeof(pcre2))
        pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
    pcre2[strcspn(pcre2, " ")] = '\0';
    buf_printf(&text, "llmobs %s (SQLite %s, PCRE2 %s, zlib %s, zstd %s; prices of %s)\n",
               LLMOBS_VERSION, sqlite3_libversion(), pcre2, zlibVersion(), ZSTD_versionString(),
               price_built_in_date());
    rc = output_text(inv, &text, err);
    buf_release(&text);
    return rc;
}

static const struct example version_examples[] = {
    {"llmobs version", "the versions to name in a bug report"},
    {NULL,             NULL                                  },
};

const struct command version_command = {
    .name = "version",
    .group = "more",
    .summary = "says which versions are running",
    .synopsis = "",
    .shared = (const struct opt *const[]){NULL},
    .examples = version_examples,
    .run = version_run,
};
