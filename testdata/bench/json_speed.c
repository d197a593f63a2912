/* json_speed: reads a log of lines into memory and says how fast its lines are cut, parsed by
 * json_parse() and, in a tenth of the rounds, by cJSON: the best of the rounds, in GB/s.
 *   json_speed FILE [ROUNDS] */
#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json/json.h"

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static char *read_all(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *text;

    if (!f || fseek(f, 0, SEEK_END) != 0)
        return NULL;
    *n = (size_t)ftell(f);
    rewind(f);
    text = malloc(*n + 1);
    if (!text || fread(text, 1, *n, f) != *n)
        return NULL;
    fclose(f);
    return text;
}

enum way { CUT, OURS, CJSON };

/* One walk over all lines; returns something that depends on all of them. */
static size_t walk(enum way way, const char *text, size_t n, struct json_doc *d)
{
    size_t sum = 0;

    for (const char *p = text, *end = text + n; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        size_t length = (size_t)((stop ? stop : end) - p);

        if (way == OURS && json_parse(d, p, length, NULL) == OK)
            sum += d->n;
        if (way == CJSON) {
            cJSON *x = cJSON_ParseWithLength(p, length);
            sum += x != NULL;
            cJSON_Delete(x);
        }
        sum += length & 1;
        if (!stop)
            break;
        p = stop + 1;
    }
    return sum;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"cut into lines", "json_parse", "cJSON"};
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 20;
    struct json_doc d = {0};
    size_t n = 0, sum = 0;
    char *text = argc > 1 ? read_all(argv[1], &n) : NULL;

    if (!text) {
        fprintf(stderr, "usage: json_speed FILE [ROUNDS]\n");
        return 2;
    }
    for (enum way way = CUT; way <= CJSON; way++) {
        double best = 1e9;
        for (int i = 0; i < (way == CJSON ? (rounds + 9) / 10 : rounds); i++) {
            double begin = now();
            sum += walk(way, text, n, &d);
            double took = now() - begin;
            best = took < best ? took : best;
        }
        printf("%-15s %6.2f GB/s\n", names[way], (double)n / best / 1e9);
    }
    json_release(&d);
    free(text);
    return sum == 0;
}
