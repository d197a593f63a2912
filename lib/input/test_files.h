/* test_files: temporary files and packed bytes for the tests of this folder. */
#ifndef LLMOBS_INPUT_TEST_FILES_H
#define LLMOBS_INPUT_TEST_FILES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <criterion/criterion.h>
#include "base/buf.h"

/* A struct sv as initialiser; the literal may hold NUL. */
#define BYTES(literal) {(literal), sizeof(literal) - 1}

struct temp_file {
    char path[4096];
};

static inline const char *temp_dir(void)
{
    const char *dir = getenv("TMPDIR");
    return dir && *dir ? dir : "/tmp";
}

static inline void temp_write(const char *path, const char *mode, const void *p, size_t n)
{
    FILE *f = fopen(path, mode);
    cr_assert(f != NULL, "%s", path);
    cr_assert(n == 0 || fwrite(p, 1, n, f) == n);
    cr_assert(fclose(f) == 0);
}

static inline struct temp_file temp_new(const void *p, size_t n)
{
    struct temp_file t;
    snprintf(t.path, sizeof(t.path), "%s/llmobs-input-XXXXXX", temp_dir());
    int fd = mkstemp(t.path);
    cr_assert(fd >= 0, "%s", t.path);
    close(fd);
    temp_write(t.path, "wb", p, n);
    return t;
}

static inline void add_gzip(struct buf *out, const void *p, size_t n)
{
    z_stream z = {0};
    cr_assert(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    cr_assert(buf_reserve(out, deflateBound(&z, n) + 64));
    z.next_in = (unsigned char *)(uintptr_t)p;
    z.avail_in = (uInt)n;
    z.next_out = (unsigned char *)out->p + out->n;
    z.avail_out = (uInt)(out->cap - out->n);
    cr_assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
    out->n += z.total_out;
    deflateEnd(&z);
}

static inline void add_zstd(struct buf *out, const void *p, size_t n)
{
    cr_assert(buf_reserve(out, ZSTD_compressBound(n)));
    size_t made = ZSTD_compress(out->p + out->n, ZSTD_compressBound(n), p, n, 3);
    cr_assert(!ZSTD_isError(made));
    out->n += made;
}

/* A zstd skippable frame of n zero bytes. */
static inline void add_skippable(struct buf *out, uint32_t n)
{
    buf_add(out, "\x50\x2a\x4d\x18", 4);
    for (int i = 0; i < 4; i++)
        buf_char(out, (char)(n >> (8 * i)));
    for (uint32_t i = 0; i < n; i++)
        buf_char(out, '\0');
}

/* Root may read everything: go on as somebody else, who can still write to the directory. */
static inline void drop_privileges(const char *dir)
{
    if (geteuid() == 0)
        cr_assert(chown(dir, 65534, 65534) == 0 && seteuid(65534) == 0);
}

static inline void regain_privileges(void)
{
    if (getuid() == 0)
        cr_assert(seteuid(0) == 0);
}

#endif
