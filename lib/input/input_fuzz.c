/* Fuzzing of input: whatever the bytes are, lines fit together, do not depend on how the reads
 * fall, and reading goes on from a mark where it stopped. */
#include "input/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PLENTY 20000 /* lines; a small packed file can hold millions */

struct summary {
    uint64_t hash; /* of all lines */
    int64_t lines;
    enum err end;
    struct input_mark half, last;
};

static void add_line(struct summary *s, const struct line *line)
{
    s->hash = hash64(line->text.p, line->text.n, s->hash ^ (uint64_t)line->offset);
    s->hash = hash_mix(s->hash ^ (uint64_t)line->length ^ (uint64_t)line->kind << 60);
}

/* Reads all lines, behind *from if it is not NULL. */
static struct summary read_lines(const char *path, int64_t max_line, size_t block,
                                 const struct input_mark *from)
{
    struct summary s = {0};
    struct input *in = NULL;
    struct line line;
    struct error err;
    bool complete, matches;
    int64_t end = from ? from->offset : 0;

    if (input_open_with(path, max_line, block, &in, &err))
        abort();
    input_head(in, &complete);
    if (from && (input_resume(in, from, block % 2, &matches, &err) || !matches))
        abort();
    while (s.lines < PLENTY && !(s.end = input_next(in, &line, &err))) {
        int64_t gap = line.offset - end; /* line end before it, or byte order mark */
        if (gap < 0 || gap > 5 || line.length < (int64_t)line.text.n)
            abort();
        if ((line.kind == LINE_TOO_LONG) != (line.length > max_line))
            abort();
        end = line.offset + line.length;
        s.lines++;
        add_line(&s, &line);
        if (s.lines == 3)
            input_get_mark(in, &s.half);
    }
    input_get_mark(in, &s.last);
    input_close(in);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];

    if (size < 3)
        return 0;
    int64_t max_line = 1 + data[0] * 40;
    size_t block = 1 + (size_t)data[1] * 33;
    int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data + 2, size - 2) != (ssize_t)(size - 2))
        abort();
    snprintf(path, sizeof(path), "/dev/fd/%d", fd);
    struct summary a = read_lines(path, max_line, block, NULL);
    struct summary b = read_lines(path, max_line, 1 << 20, NULL);
    /* libzstd keeps back what it cannot check, which does depend on the size of reads */
    bool comparable = a.end != ERR_IO && a.lines < PLENTY;
    if (comparable &&
        (a.hash != b.hash || a.end != b.end || memcmp(&a.last, &b.last, sizeof(a.last)) != 0))
        abort();
    if (comparable && a.lines > 3) {
        struct summary rest = read_lines(path, max_line, block, &a.half);
        if (rest.lines != a.lines - 3 || memcmp(&rest.last, &a.last, sizeof(a.last)) != 0)
            abort();
    }
    close(fd);
    return 0;
}
