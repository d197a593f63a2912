/* output: where data goes: standard output, or a file that appears whole or not at all. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "terminal.h"
#include "base/banned.h"

enum { COMPACT_WIDTH = 80, ROWS_FOR_PEOPLE = 20 };

/* `llmobs report | head` is no failure; a full disk is. */
static bool reader_is_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};

    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

enum err output_flush(struct error *err)
{
    bool failed = fflush(stdout) != 0;
    int reason = errno;

    if ((!failed && !ferror(stdout)) || reader_is_gone())
        return OK;
    return error_set(err, ERR_IO, "standard output: %s",
                     failed ? strerror(reason) : "could not be written");
}

/* The path behind symbolic links; a copy of path itself when it does not exist yet. */
static char *final_path(const char *path)
{
    char *real = realpath(path, NULL);

    return real ? real : strdup(path);
}

static enum err open_temp(struct output *out, struct error *err)
{
    size_t n = strlen(out->path);
    int fd;

    out->temp = malloc(n + sizeof(".XXXXXX"));
    if (!out->temp)
        return error_set(err, ERR_NOMEM, "out of memory opening %s", out->name);
    memcpy(out->temp, out->path, n);
    memcpy(out->temp + n, ".XXXXXX", sizeof(".XXXXXX"));
    fd = mkostemp(out->temp, O_CLOEXEC); /* made with mode 0600 */
    if (fd < 0) {
        free(out->temp);
        out->temp = NULL; /* there is nothing to take away */
        return error_set(err, ERR_IO, "%s: %s", out->name, strerror(errno));
    }
    out->stream = fdopen(fd, "w");
    if (!out->stream) {
        close(fd);
        return error_set(err, ERR_NOMEM, "out of memory opening %s", out->name);
    }
    return OK;
}

static enum err open_directly(struct output *out, struct error *err)
{
    out->stream = fopen(out->path, "we");
    return out->stream ? OK : error_set(err, ERR_IO, "%s: %s", out->name, strerror(errno));
}

/* One slip of the keyboard away from losing what took years to collect. */
static bool is_database(const char *path)
{
    char head[16] = {0};
    FILE *f = fopen(path, "rb");
    bool is = f && fread(head, 1, sizeof(head), f) == sizeof(head) &&
              memcmp(head, "SQLite format 3", sizeof(head)) == 0; /* with its NUL */

    if (f)
        (void)fclose(f);
    return is;
}

static enum err refuse_database(const struct output *out, struct error *err)
{
    return error_set(err, ERR_USAGE, "%s: that is a database, not to be overwritten", out->name);
}

enum err output_open(const char *path, struct output *out, struct error *err)
{
    struct stat st;
    enum err rc;

    *out = (struct output){0};
    if (!path || strcmp(path, "-") == 0) {
        out->stream = stdout;
        return OK;
    }
    out->name = path;
    out->path = final_path(path);
    if (!out->path)
        return error_set(err, ERR_NOMEM, "out of memory opening %s", path);
    if (stat(out->path, &st) == 0 && !S_ISREG(st.st_mode))
        rc = open_directly(out, err);
    else if (is_database(out->path))
        rc = refuse_database(out, err);
    else
        rc = open_temp(out, err);
    if (rc)
        output_discard(out);
    return rc;
}

/* Whoever was killed while it wrote may have left the beginning of a line. */
static bool is_torn(FILE *f)
{
    return fseeko(f, -1, SEEK_END) == 0 && getc(f) != '\n';
}

enum err output_append(const char *path, struct output *out, struct error *err)
{
    int fd = -1;
    enum err rc = OK;

    *out = (struct output){0};
    if (strcmp(path, "-") == 0) {
        out->stream = stdout;
        return OK;
    }
    out->name = path;
    out->path = strdup(path);
    if (!out->path)
        return error_set(err, ERR_NOMEM, "out of memory opening %s", path);
    if (is_database(path))
        rc = refuse_database(out, err);
    else if ((fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) < 0 ||
             !(out->stream = fdopen(fd, "a+")))
        rc = error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    if (rc && fd >= 0)
        close(fd);
    if (!rc && is_torn(out->stream))
        output_write(out, "\n", 1);
    if (rc)
        output_discard(out);
    return rc;
}

enum err output_pass_on(struct output *out, struct error *err)
{
    if (out->stream == stdout)
        return output_flush(err);
    return fflush(out->stream) == 0 && !ferror(out->stream)
               ? OK
               : error_set(err, ERR_IO, "%s: %s", out->name, strerror(errno));
}

bool output_write(void *ctx, const char *p, size_t n)
{
    struct output *out = ctx;

    return fwrite(p, 1, n, out->stream) == n;
}

enum err output_close(struct output *out, struct error *err)
{
    enum err rc = OK;
    bool failed;

    if (out->stream == stdout) {
        output_discard(out);
        return output_flush(err);
    }
    failed = ferror(out->stream) != 0;
    failed |= fclose(out->stream) != 0;
    out->stream = NULL;
    if (failed)
        rc = error_set(err, ERR_IO, "%s: %s", out->name, strerror(errno));
    else if (out->temp && rename(out->temp, out->path) != 0)
        rc = error_set(err, ERR_IO, "%s: %s", out->name, strerror(errno));
    if (!rc) {
        free(out->temp);
        out->temp = NULL;
    }
    output_discard(out);
    return rc;
}

void output_discard(struct output *out)
{
    if (out->stream && out->stream != stdout)
        fclose(out->stream);
    if (out->temp)
        unlink(out->temp);
    free(out->temp);
    free(out->path);
    *out = (struct output){0};
}

const struct renderer *output_renderer(const struct shared_options *o)
{
    const struct renderer *r = NULL;

    if (o->format)
        return renderer_find(o->format);
    if (o->output)
        r = renderer_for_file(o->output);
    return r ? r : renderer_find("table");
}

bool output_for_people(const struct shared_options *o)
{
    const char *name = output_renderer(o)->name;

    return strcmp(name, "table") == 0 || strcmp(name, "md") == 0;
}

int64_t output_row_limit(const struct shared_options *o)
{
    if (o->all)
        return 0;
    if (o->limit != LIMIT_DEFAULT)
        return o->limit;
    return output_for_people(o) ? ROWS_FOR_PEOPLE : 0;
}

static struct render_options render_options(const struct invocation *inv)
{
    const struct shared_options *o = &inv->shared;
    bool to_stdout = !o->output || strcmp(o->output, "-") == 0;
    int width = terminal_width(to_stdout ? STDOUT_FILENO : -1);

    if (o->compact && (width == 0 || width > COMPACT_WIDTH))
        width = COMPACT_WIDTH;
    return (struct render_options){
        .width = o->wide ? 0 : width,
        .color = terminal_color(o->color, to_stdout && isatty(STDOUT_FILENO)),
        .utf8 = terminal_utf8(),
        .quiet = o->quiet,
        .generated_us = inv->now_us,
    };
}

/* The table as it is, with one more warning. */
static enum err warn_of_sampling(const struct invocation *inv, const struct table *t,
                                 struct table *out, struct error *err)
{
    const char **warnings = calloc(t->n_warnings + 1, sizeof(*warnings));

    *out = *t;
    out->warnings = warnings;
    if (!warnings)
        return error_set(err, ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < t->n_warnings; i++)
        warnings[i] = t->warnings[i];
    warnings[out->n_warnings++] = inv->sampled;
    return OK;
}

static enum err write_table(const struct invocation *inv, const struct table *t, bool bare,
                            struct error *err)
{
    struct render_options options = render_options(inv);
    struct output out;
    struct sink sink = {output_write, &out};
    enum err rc = output_open(inv->shared.output, &out, err);

    options.quiet = options.quiet || bare;
    if (rc)
        return rc;
    rc = output_renderer(&inv->shared)->render(t, &options, &sink, err);
    if (rc == OK || rc == ERR_IO) /* closing knows the system's words, and closed pipes */
        rc = output_close(&out, err);
    output_discard(&out);
    return rc;
}

enum err output_table(const struct invocation *inv, const struct table *t, bool bare,
                      struct error *err)
{
    struct table warned;
    enum err rc;

    if (!inv->sampled)
        return write_table(inv, t, bare, err);
    rc = warn_of_sampling(inv, t, &warned, err);
    if (!rc)
        rc = write_table(inv, &warned, bare, err);
    free(warned.warnings);
    return rc;
}

enum err output_text(const struct invocation *inv, const struct buf *text, struct error *err)
{
    struct output out;
    enum err rc;

    if (text->failed)
        return error_set(err, ERR_NOMEM, "out of memory");
    rc = output_open(inv->shared.output, &out, err);
    if (rc)
        return rc;
    output_write(&out, text->p ? text->p : "", text->n);
    return output_close(&out, err);
}
