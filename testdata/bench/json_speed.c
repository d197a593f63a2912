/* json_speed: reads the first lines of a log into memory and says how fast they are cut, parsed in
 * each way of this machine and, in a tenth of the rounds, by cJSON; and what of it each check
 * takes. CPU time, the best of the rounds.
 *   json_speed FILE [ROUNDS] */
#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json/json.c" /* for the checks by themselves, which its header does not show */

#define PART (2 << 20) /* bytes looked at: as when logs are read, they stay in a cache */

struct line {
    const char *p, *end;
};

/* A place at which a check begins, and the end of its line. */
struct places {
    struct line *at;
    size_t n, cap;
};

static struct log {
    char *text, *ascii; /* ascii: the same with an x for each byte that is not */
    size_t n;
    struct places lines, numbers, escapes;
    struct json_doc doc;
} x;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The first PART bytes of a file, without what was cut. */
static char *read_part(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *text = malloc(PART);

    if (!f || !text)
        return NULL;
    *n = fread(text, 1, PART, f);
    fclose(f);
    while (*n && text[*n - 1] != '\n')
        --*n;
    return text;
}

static void add(struct places *list, const char *p, const char *end)
{
    if (list->n == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 1024;
        list->at = realloc(list->at, list->cap * sizeof(*list->at));
        if (!list->at)
            exit(2);
    }
    list->at[list->n++] = (struct line){p, end};
}

/* Where there are lines, and in those that are JSON numbers and escapes. */
static void find_places(void)
{
    for (const char *p = x.text, *end = x.text + x.n, *stop; p < end; p = stop + 1) {
        stop = memchr(p, '\n', (size_t)(end - p));
        add(&x.lines, p, stop);
        if (json_parse(&x.doc, p, (size_t)(stop - p), NULL) != OK)
            continue;
        for (json_ref r = 0; r < x.doc.n; r++) {
            struct sv raw = json_raw(&x.doc, r);

            if (json_type(&x.doc, r) == JSON_NUMBER)
                add(&x.numbers, raw.p + (*raw.p == '-'), stop);
            for (size_t i = 0; x.doc.tokens[r].escaped && i < raw.n; i++)
                if (raw.p[i] == '\\')
                    add(&x.escapes, raw.p + ++i, stop);
        }
    }
}

/* ---- what is measured: it returns something that depends on all that was looked at ---------- */

static size_t cut_lines(void)
{
    size_t n = 0;

    for (const char *p = x.text, *end = x.text + x.n; p < end; n++)
        p = (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
    return n;
}

static size_t parse(void)
{
    size_t sum = 0;

    for (size_t i = 0; i < x.lines.n; i++)
        if (json_parse(&x.doc, x.lines.at[i].p, (size_t)(x.lines.at[i].end - x.lines.at[i].p),
                       NULL) == OK)
            sum += x.doc.n;
    return sum;
}

static size_t parse_cjson(void)
{
    size_t sum = 0;

    for (size_t i = 0; i < x.lines.n; i++) {
        cJSON *v = cJSON_ParseWithLength(x.lines.at[i].p,
                                         (size_t)(x.lines.at[i].end - x.lines.at[i].p));
        sum += v != NULL;
        cJSON_Delete(v);
    }
    return sum;
}

static size_t find_stops(const char *text)
{
    struct window w = {.way = string_bytes_best()};
    size_t sum = 0;

    for (size_t i = 0; i < x.lines.n; i++) {
        const char *p = text + (x.lines.at[i].p - x.text);
        const char *end = text + (x.lines.at[i].end - x.text);

        for (; p < end; p = w.end) {
            window_move(&w, p, end);
            sum += w.stops[0];
        }
    }
    return sum;
}

static size_t look_at_bytes(void)
{
    return find_stops(x.text);
}

static size_t look_at_ascii(void)
{
    return find_stops(x.ascii);
}

static size_t check_each(const struct places *list,
                         const char *(*check)(const char *p, const char *end, struct fault *fault))
{
    struct fault fault;
    size_t sum = 0;

    for (size_t i = 0; i < list->n; i++)
        sum += (size_t)check(list->at[i].p, list->at[i].end, &fault);
    return sum;
}

static size_t check_numbers(void)
{
    return check_each(&x.numbers, check_number);
}

static size_t check_escapes(void)
{
    return check_each(&x.escapes, check_escape);
}

/* Seconds of CPU time of the fastest of the rounds. */
static double best_of(int rounds, size_t (*run)(void))
{
    static volatile size_t sink;
    double best = 1e9;

    for (int i = 0; i < rounds; i++) {
        double begin = now();
        sink = run();
        double took = now() - begin;
        best = took < best ? took : best;
    }
    (void)sink;
    return best;
}

static void print_speed(const char *what, const char *how, double seconds)
{
    printf("%s%-*s %6.2f GB/s %8.1f ns a line\n", what, (int)(22 - strlen(what)), how,
           (double)x.n / seconds / 1e9, seconds / (double)x.lines.n * 1e9);
}

static void print_price(const char *what, double seconds, double all)
{
    printf("  %-35s %8.1f ns a line %5.1f %%\n", what, seconds / (double)x.lines.n * 1e9,
           100 * seconds / all);
}

/* Each check by itself over the bytes that it concerns; what the parser takes beyond them is the
 * walk. That names occur once is not checked: the last one wins. */
static void print_prices(int rounds, double all)
{
    double bytes = best_of(rounds, look_at_bytes), ascii = best_of(rounds, look_at_ascii);
    double numbers = best_of(rounds, check_numbers), escapes = best_of(rounds, check_escapes);
    double utf8 = bytes > ascii ? bytes - ascii : 0;

    print_price("quotes and control bytes", bytes - utf8, all);
    print_price("UTF-8", utf8, all);
    print_price("numbers", numbers, all);
    print_price("escapes", escapes, all);
    print_price("grammar, depth and the index", all - bytes - numbers - escapes, all);
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 200;

    x.text = argc > 1 ? read_part(argv[1], &x.n) : NULL;
    x.ascii = x.text ? malloc(PART) : NULL;
    if (!x.ascii || !x.n) {
        fprintf(stderr, "usage: json_speed FILE [ROUNDS]\n");
        return 2;
    }
    for (size_t i = 0; i < x.n; i++)
        x.ascii[i] = (char)((unsigned char)x.text[i] < 0x80 ? x.text[i] : 'x');
    find_places();
    print_speed("", "cut into lines", best_of(rounds, cut_lines));
    for (size_t i = 0; i < string_bytes_n; i++) {
        if (!string_bytes_ways[i].runs_here())
            continue;
        x.doc.way = &string_bytes_ways[i];
        double all = best_of(rounds, parse);
        print_speed("json_parse, ", string_bytes_ways[i].name, all);
        if (x.doc.way == string_bytes_best())
            print_prices(rounds, all);
    }
    print_speed("", "cJSON", best_of((rounds + 9) / 10, parse_cjson));
    json_release(&x.doc);
    free(x.lines.at);
    free(x.numbers.at);
    free(x.escapes.at);
    free(x.text);
    free(x.ascii);
    return 0;
}
