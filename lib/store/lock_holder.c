/* lock_holder: which process holds a database, from /proc/locks. */
#include "store/lock_holder.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/banned.h"

/* SQLite locks bytes behind the first GiB of the database (pending, reserved, shared) and, with a
 * write-ahead log, bytes from 120 of the shared memory file (writer, checkpointer, recovery). */
#define DB_LOCK_FIRST UINT64_C(0x40000000)
#define DB_LOCK_LAST (DB_LOCK_FIRST + 511)
#define SHM_LOCK_FIRST 120
#define SHM_LOCK_LAST 122

struct lock {
    int64_t pid;
    uint64_t inode, first;
};

/* "1: POSIX  ADVISORY  WRITE 4711 08:02:22806288 120 120"; lines of those who wait for a lock have
 * "->" behind the colon and are no holders. Device numbers are left out: layered file systems show
 * another one here than stat() does. */
static bool parse_lock(const char *line, struct lock *out)
{
    char kind[16];

    return sscanf(line, "%*d: %*s %*s %15s %" SCNd64 " %*x:%*x:%" SCNu64 " %" SCNu64, kind,
                  &out->pid, &out->inode, &out->first) == 4 &&
           strcmp(kind, "WRITE") == 0 && out->pid > 0;
}

/* 0 when there is no such file: no inode has this number. */
static uint64_t inode_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? st.st_ino : 0;
}

int64_t lock_holder(const char *path)
{
    char shm_path[4096], line[256];
    int length = snprintf(shm_path, sizeof(shm_path), "%s-shm", path);
    uint64_t db = inode_of(path);
    uint64_t shm = length > 0 && (size_t)length < sizeof(shm_path) ? inode_of(shm_path) : 0;
    FILE *locks = fopen("/proc/locks", "re");
    struct lock lock;
    int64_t holder = 0;

    if (!locks)
        return 0;
    while (!holder && fgets(line, sizeof(line), locks)) {
        if (!parse_lock(line, &lock))
            continue;
        if ((db && lock.inode == db && lock.first == 0) || /* the one writer's own lock */
            (db && lock.inode == db && lock.first >= DB_LOCK_FIRST && lock.first <= DB_LOCK_LAST) ||
            (shm && lock.inode == shm && lock.first >= SHM_LOCK_FIRST &&
             lock.first <= SHM_LOCK_LAST))
            holder = lock.pid;
    }
    (void)fclose(locks);
    return holder;
}
