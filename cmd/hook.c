/* hook: see the header. */
#include "hook.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "render/render.h"
#include "base/banned.h"

static bool add_piece(void *ctx, const char *p, size_t n)
{
    struct buf *b = ctx;

    buf_sv(b, (struct sv){p, n});
    return !b->failed;
}

static enum err render_json(const struct invocation *inv, const struct table *t, struct buf *out,
                            struct error *err)
{
    struct render_options options = {.generated_us = inv->now_us, .utf8 = true};
    struct sink sink = {add_piece, out};
    enum err rc = renderer_find("json")->render(t, &options, &sink, err);

    return out->failed ? error_set(err, ERR_NOMEM, "out of memory") : rc;
}

/* The shell with `input` as standard input, its standard output where our errors go, and broken
 * pipes again deadly, as programs expect. 0, or errno. */
static int start(const char *command, int input, pid_t *pid)
{
    char *const words[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t normal;
    int rc = posix_spawn_file_actions_init(&files);

    if (rc)
        return rc;
    rc = posix_spawnattr_init(&attributes);
    if (!rc) {
        sigemptyset(&normal);
        sigaddset(&normal, SIGPIPE);
        rc = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
        rc = rc ? rc : posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
        rc = rc ? rc : posix_spawnattr_setsigdefault(&attributes, &normal);
        rc = rc ? rc : posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
        rc = rc ? rc : posix_spawn(pid, "/bin/sh", &files, &attributes, words, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

/* A command that does not want to read all of it need not. */
static void feed(int pipe, const char *p, size_t n)
{
    while (n) {
        ssize_t done = write(pipe, p, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return;
        p += done;
        n -= (size_t)done;
    }
}

static enum err run(const char *command, const struct buf *json, struct error *err)
{
    int ends[2], status = 0, rc;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(err, ERR_IO, "%s", strerror(errno));
    rc = start(command, ends[0], &pid);
    close(ends[0]);
    if (!rc)
        feed(ends[1], json->p, json->n);
    close(ends[1]);
    if (rc)
        return error_set(err, ERR_IO, "%s", strerror(rc));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return error_set(err, ERR_IO, "%s", strerror(errno));
    if (WIFSIGNALED(status))
        return error_set(err, ERR_IO, "ended by signal %d", WTERMSIG(status));
    if (WEXITSTATUS(status))
        return error_set(err, ERR_IO, "exit code %d", WEXITSTATUS(status));
    return OK;
}

void hook_run(const struct invocation *inv, const char *command, const struct table *t)
{
    struct buf json = {0};
    struct error err = {0}, said;
    enum err rc = render_json(inv, t, &json, &err);

    if (!rc) {
        fflush(stderr); /* in order with what the command prints */
        rc = run(command, &json, &err);
    }
    buf_release(&json);
    if (!rc)
        return;
    error_set(&said, rc, "--on-alert: %s: %s", command, err.msg); /* makes control bytes visible */
    fprintf(stderr, "llmobs: %s\n", said.msg);
}
