/* Fuzzing of elements: whatever the bytes are, pieces follow each other, do not depend on how the
 * reads fall, and reading goes on from a mark with what was not handed out. */
#include "input/elements.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PLENTY 20000 /* pieces; a small packed file can hold millions */

struct summary {
    uint64_t hash; /* of all pieces */
    int64_t pieces;
    enum err end;
    struct input_mark half;
    bool half_ended, matches;
};

/* Reads all pieces, behind *from if it is not NULL. */
static struct summary read_pieces(const char *path, int64_t max_line, size_t block,
                                  const struct input_mark *from)
{
    struct summary s = {.matches = true};
    struct input *in = NULL;
    struct elements *e = NULL;
    struct line line;
    struct error err;
    int64_t last = 0;

    if (input_open_with(path, max_line, block, &in, &err) || elements_open(in, max_line, &e, &err))
        abort();
    if (from && elements_resume(e, from, false, &s.matches, &err))
        abort();
    if (from && s.matches)
        last = from->offset;
    while (s.pieces < PLENTY && !(s.end = elements_next(e, &line, &err))) {
        if (line.offset < last || line.length < 0 || !line.text.p)
            abort();
        last = line.offset + line.length;
        s.hash = hash64(line.text.p, line.text.n, s.hash ^ (uint64_t)line.offset);
        s.hash = hash_mix(s.hash ^ (uint64_t)line.length ^ (uint64_t)line.kind << 60);
        if (++s.pieces == 3) {
            elements_get_mark(e, &s.half);
            s.half_ended = line.ended;
        }
    }
    elements_close(e);
    input_close(in);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];

    if (size < 3)
        return 0;
    int64_t max_line = 1 + data[0] * 4;
    size_t block = 1 + (size_t)data[1] * 3;
    int fd = memfd_create("elements", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data + 2, size - 2) != (ssize_t)(size - 2))
        abort();
    snprintf(path, sizeof(path), "/dev/fd/%d", fd);
    struct summary a = read_pieces(path, max_line, block, NULL);
    struct summary b = read_pieces(path, max_line, 1 << 20, NULL);
    /* libzstd keeps back what it cannot check, which does depend on the size of reads */
    bool comparable = a.end != ERR_IO && b.end != ERR_IO && a.pieces < PLENTY;
    if (comparable && (a.hash != b.hash || a.end != b.end))
        abort();
    if (comparable && a.pieces > 3 && a.half_ended) {
        struct summary rest = read_pieces(path, max_line, block, &a.half);
        if (!rest.matches)
            abort();
    }
    close(fd);
    return 0;
}
