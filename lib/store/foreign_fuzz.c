/* foreign_fuzz: a small database of several kinds of tables with some bytes of its file changed, as
 * the input says: a place in two bytes, then the byte. Whatever it is, it is read or refused. */
#include "store/foreign.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char made[] =
    "PRAGMA page_size = 512;"
    "CREATE TABLE a(id INTEGER PRIMARY KEY, t TEXT, r REAL, b BLOB, n);"
    "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID;"
    "CREATE VIEW responses AS SELECT * FROM a;"
    "CREATE INDEX i ON a(t, n);"
    "CREATE VIRTUAL TABLE f USING fts5(x);"
    "INSERT INTO f VALUES ('text');"
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 60)"
    "INSERT INTO a SELECT n, printf('%0*d', n * 20, n), n / 3.0, zeroblob(n), NULL FROM r;"
    "INSERT INTO w SELECT t, id FROM a WHERE id < 20;"
    "ALTER TABLE a ADD COLUMN d DEFAULT 'added'";

static char path[64];
static unsigned char *image;
static size_t image_bytes;

static void make_image(void)
{
    sqlite3 *db = NULL;
    FILE *f;

    snprintf(path, sizeof(path), "/tmp/llmobs-foreign-fuzz-%ld.db", (long)getpid());
    unlink(path);
    if (sqlite3_open(path, &db) || sqlite3_exec(db, made, NULL, NULL, NULL))
        abort();
    sqlite3_close(db);
    f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END))
        abort();
    image_bytes = (size_t)ftell(f);
    image = malloc(image_bytes);
    rewind(f);
    if (!image || fread(image, image_bytes, 1, f) != 1)
        abort();
    fclose(f);
}

static void read_all(void)
{
    static char room[65536];
    struct foreign *f = NULL;
    struct error err = {0};
    size_t got;

    if (foreign_open(path, 1 << 20, &f, &err) == OK)
        for (size_t i = 0; i < foreign_tables(f); i++)
            if (foreign_begin(f, i, &err) == OK)
                for (int k = 0; k < 1000; k++)
                    if (foreign_read(f, room, sizeof(room), &got, &err) != OK || !got)
                        break;
    foreign_close(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *f;

    if (!image)
        make_image();
    f = fopen(path, "wb");
    if (!f || fwrite(image, image_bytes, 1, f) != 1)
        abort();
    for (size_t i = 0; i + 3 <= size; i += 3) {
        size_t at = ((size_t)data[i] << 8 | data[i + 1]) % image_bytes;
        if (fseek(f, (long)at, SEEK_SET) || fputc(data[i + 2], f) == EOF)
            abort();
    }
    fclose(f);
    read_all();
    unlink(path);
    return 0;
}
