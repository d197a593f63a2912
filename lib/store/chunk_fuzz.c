/* Any bytes: decoding never reads or writes outside; what it accepts survives another round. */
#include "store/chunk.h"
#include <stdlib.h>
#include <string.h>
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t n = 0;
    int64_t *values, *again;
    unsigned char *bytes;
    size_t encoded;

    if (size >= 8)
        memcpy(&n, data + 4, sizeof(n));
    if (n > CHUNK_ROWS)
        n = CHUNK_ROWS;
    values = malloc((n + 1) * sizeof(*values));
    again = malloc((n + 1) * sizeof(*again));
    bytes = malloc(CHUNK_ROOM(n));
    if (!values || !again || !bytes)
        abort();
    if (chunk_decode(data, size, values, n)) {
        encoded = chunk_encode(values, n, bytes);
        if (encoded && !chunk_decode(bytes, encoded, again, n))
            abort();
        if (encoded && memcmp(values, again, n * sizeof(*values)) != 0)
            abort();
        if (!chunk_decode_part(data, size, n, n / 3, n / 2, again) ||
            memcmp(values + n / 3, again, n / 2 * sizeof(*values)) != 0)
            abort();
    }
    free(bytes);
    free(again);
    free(values);
    return 0;
}
