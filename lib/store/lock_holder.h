/* lock_holder: which process holds a database, as far as the system tells. */
#ifndef LLMOBS_STORE_LOCK_HOLDER_H
#define LLMOBS_STORE_LOCK_HOLDER_H

#include <stdint.h>

/* The id of a process that holds a write lock on the SQLite database at path or on its shared
 * memory file; 0 when there is none or it cannot be seen (other systems than Linux, another
 * container). Reads /proc/locks: for error messages. */
int64_t lock_holder(const char *path);

#endif
