/* Precision and recall of the scanners, printed, and no worse than what man/llmobs-scan.1 says: on
 * testdata/detect/labelled.tsv, made by the authors of the patterns, and on held-out.tsv, made by
 * somebody who had not seen them. */
#include "detect/detect.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#define KINDS_MAX 128

struct score {
    int64_t hits, misses, false_alarms;
};

struct labelled {
    struct detector *d;
    struct arena arena;
    bool found[KINDS_MAX];
    struct score kinds[KINDS_MAX];
    struct score families[DETECT_FAMILIES];
    int64_t positives, negatives;
};

static void note(void *ctx, const struct detect_span *s)
{
    struct labelled *x = ctx;

    x->found[s->kind] = true;
}

static struct sv cut(struct sv *rest, char at)
{
    const char *end = memchr(rest->p, at, rest->n);
    struct sv part = {rest->p, end ? (size_t)(end - rest->p) : rest->n};

    *rest = end ? (struct sv){end + 1, rest->n - part.n - 1} : (struct sv){rest->p + rest->n, 0};
    return part;
}

static void count(struct score *s, bool labelled, bool found)
{
    s->hits += labelled && found;
    s->misses += labelled && !found;
    s->false_alarms += !labelled && found;
}

/* What is wrong is told, so that whoever changes a pattern sees what it did. */
static void judge(struct labelled *x, struct sv label, struct sv text)
{
    enum detect_family family = detect_family_of(label); /* "injection": any kind of it */
    int kind = detector_find_kind(x->d, label);
    bool in_family[DETECT_FAMILIES] = {false};

    if (family == DETECT_FAMILIES && kind >= 0)
        family = detector_family(x->d, (unsigned)kind);
    cr_assert(family < DETECT_FAMILIES || sv_is(label, "-"), "label %.*s", SV_FMT(label));
    for (unsigned k = 0; k < detector_kinds(x->d); k++) {
        in_family[detector_family(x->d, k)] |= x->found[k];
        count(&x->kinds[k], (int)k == kind, x->found[k]);
        if (x->found[k] && detector_family(x->d, k) != family)
            cr_log_info("%.*s in: %.*s", SV_FMT(detector_kind(x->d, k)), SV_FMT(text));
    }
    for (enum detect_family f = 0; f < DETECT_QUALITY; f++)
        count(&x->families[f], f == family, in_family[f]);
    if (family < DETECT_FAMILIES && (kind >= 0 ? !x->found[kind] : !in_family[family]))
        cr_log_info("no %.*s in: %.*s", SV_FMT(label), SV_FMT(text));
    *(family < DETECT_FAMILIES ? &x->positives : &x->negatives) += 1;
}

static void read_line(struct labelled *x, struct sv line)
{
    struct sv label = cut(&line, '\t'), side = cut(&line, '\t');
    struct error err = {0};

    memset(x->found, 0, sizeof(x->found));
    cr_assert_eq(detect_spans(x->d, pattern_example(line, &x->arena),
                              sv_is(side, "input") ? DETECT_INPUT : DETECT_OUTPUT, note, x, &err),
                 OK, "%s", err.msg);
    judge(x, label, line);
}

static void read_all(struct labelled *x, const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;

    cr_assert(f);
    while ((n = getline(&line, &cap, f)) > 0)
        if (line[0] != '#' && strncmp(line, "kind\t", 5) != 0)
            read_line(x, (struct sv){line, (size_t)n - 1});
    free(line);
    fclose(f);
}

static double precision(const struct score *s)
{
    int64_t found = s->hits + s->false_alarms;

    return found ? (double)s->hits / (double)found : 1;
}

static double recall(const struct score *s)
{
    int64_t labelled = s->hits + s->misses;

    return labelled ? (double)s->hits / (double)labelled : 1;
}

/* The least that is wanted of a set, by family; kinds: those of PII are printed one by one. */
struct wanted {
    const char *path, *title;
    int64_t positives, negatives;
    bool kinds;
    struct {
        double precision, recall;
    } families[DETECT_QUALITY];
};

static const struct wanted labelled = {
    .path = "testdata/detect/labelled.tsv",
    .title = "",
    .positives = 200,
    .negatives = 1000,
    .kinds = true,
    .families = {[DETECT_PII] = {0.98, 0.98},
                 [DETECT_SECRETS] = {0.98, 0.98},
                 [DETECT_INJECTION] = {0.98, 0.93},
                 [DETECT_REFUSALS] = {0.98, 0.89}},
};

/* A floor under what was measured when the set was made, not a goal: a change of a pattern that
 * makes strangers' texts worse is seen. */
static const struct wanted held_out = {
    .path = "testdata/detect/held-out.tsv",
    .title = "held out: ",
    .positives = 100,
    .negatives = 400,
    .families = {[DETECT_PII] = {0.95, 0.94},
                 [DETECT_SECRETS] = {0.98, 0.95},
                 [DETECT_INJECTION] = {0.98, 0.60},
                 [DETECT_REFUSALS] = {0.98, 0.65}},
};

/* Lines that begin with "# " are shown by testdata/run.sh. */
static void print(const char *title, const char *name, const struct score *s)
{
    printf(
        "# %sscanner %-20s precision %.3f  recall %.3f  (%lld of %lld found, %lld false alarms)\n",
        title, name, precision(s), recall(s), (long long)s->hits, (long long)(s->hits + s->misses),
        (long long)s->false_alarms);
}

static void print_kinds(const struct labelled *x, const char *title)
{
    for (unsigned k = 0; k < detector_kinds(x->d); k++) {
        struct buf name = {0};

        buf_sv(&name, detector_kind(x->d, k));
        if (detector_family(x->d, k) == DETECT_PII)
            print(title, name.p, &x->kinds[k]);
        buf_release(&name);
    }
}

static void judge_set(const struct wanted *w)
{
    struct labelled *x = calloc(1, sizeof(*x));

    cr_assert(x);
    cr_assert_eq(detector_open(NULL, &x->d, NULL), OK);
    cr_assert_leq(detector_kinds(x->d), KINDS_MAX);
    read_all(x, w->path);
    cr_expect_geq(x->positives, w->positives);
    cr_expect_geq(x->negatives, w->negatives);
    for (enum detect_family f = 0; f < DETECT_QUALITY; f++) {
        print(w->title, detect_families[f], &x->families[f]);
        cr_expect_geq(precision(&x->families[f]), w->families[f].precision, "%s",
                      detect_families[f]);
        cr_expect_geq(recall(&x->families[f]), w->families[f].recall, "%s", detect_families[f]);
    }
    if (w->kinds)
        print_kinds(x, w->title);
    fflush(stdout);
    arena_release(&x->arena);
    detector_close(x->d);
    free(x);
}

Test(labelled, precision_and_recall)
{
    judge_set(&labelled);
}

Test(labelled, held_out)
{
    judge_set(&held_out);
}
