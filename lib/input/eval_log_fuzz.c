/* Fuzzing of eval_log: whatever the archive is, its document does not depend on how the reads fall,
 * and no part becomes more than its limit. */
#include "input/eval_log.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct summary {
    uint64_t hash; /* of the bytes one by one */
    int64_t bytes;
    enum err end;
};

static struct summary read_document(struct eval_log *z, size_t step)
{
    static unsigned char block[1 << 16];
    const char *damage = NULL;
    struct summary s = {0};
    size_t got = 1;

    eval_log_rewind(z);
    while (!s.end && got) {
        s.end = eval_log_read(z, block, step, &got, &damage);
        if (got > step || (s.end && got) || (s.end && !damage))
            abort();
        for (size_t i = 0; i < got; i++)
            s.hash = hash_mix(s.hash ^ block[i]) + 1;
        s.bytes += (int64_t)got;
    }
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct eval_log *z = NULL;
    int fd = memfd_create("eval_log", MFD_CLOEXEC);

    if (fd < 0 || (size && write(fd, data, size) != (ssize_t)size) ||
        eval_log_open(fd, (int64_t)size, &z))
        abort();
    if (z) {
        struct summary a = read_document(z, 1 << 16);
        struct summary b = a.bytes < 100000 ? read_document(z, 3) : a;

        if (a.end != b.end || (!a.end && a.hash != b.hash))
            abort();
        /* each part is at least its header in size */
        if (a.bytes > ((int64_t)size / 30 + 1) * EVAL_LOG_FREE + (int64_t)size * EVAL_LOG_MAX_RATIO)
            abort();
    }
    eval_log_close(z);
    close(fd);
    return 0;
}
