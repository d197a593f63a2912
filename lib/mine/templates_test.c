/* Prompts are rendered from templates here, so that it is known which one each was made from; then
 * the templates are found without that knowledge. A template counts as found by the group that most
 * of its prompts are in; a prompt is in exactly the right group when its group holds no prompt of
 * another template and it is the one of its template. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "mine/templates.h"
#include "stats/random.h"

/* '_' is a few words of a user, '~' many, '^' a document of up to 400, '#' a number, '@' a name. */
static const char *const support[] = {
    "You are a support agent of Acme. Answer in two sentences. The customer @ asks: _ Order # was "
    "placed on # days ago. Be polite and do not promise refunds.",
    "You are a support agent of Acme. Classify the following message as billing, delivery or "
    "other. "
    "Message: ~ Answer with one word only.",
    "Summarise this conversation between a customer and an agent in at most # words. Conversation: "
    "^ "
    "End of the conversation. Write the summary in English.",
    "Translate the text below into German. Keep names and numbers as they are. Text: ~",
    "Extract all dates and amounts from the document that follows as JSON with the keys date and "
    "amount. ^",
};

/* Near-identical ones: a sentence more, another tone, another order. */
static const char *const close_ones[] = {
    "You are a careful assistant for legal questions of small companies. Use only the sources "
    "below. "
    "Sources: ^ Question: _ If the sources do not say it, answer that you do not know.",
    "You are a careful assistant for legal questions of small companies. Use only the sources "
    "below. "
    "Cite every source by its number in brackets. Sources: ^ Question: _ If the sources do not say "
    "it, answer that you do not know.",
    "You are a careful assistant for tax questions of private people in Austria. Use only the "
    "sources "
    "below. Sources: ^ Question: _ If the sources do not say it, answer that you do not know.",
    "Write an answer to the review below in a friendly and grateful tone. Review: ~ Sign as the "
    "team.",
    "Write an answer to the review below in a formal and very short tone. Review: ~ Sign as the "
    "team.",
};

static const char *const short_ones[] = {
    "Give me # synonyms of the word @ please",
    "What is the capital of the country called @ today?",
    "Is the following sentence positive or negative? _",
    "Write a haiku about _ in the style of Basho",
    "Explain to a child of # years what _ means",
    "List the # largest cities in @ by population",
    "Correct the spelling of this sentence and nothing else: _",
    "Continue the story in three paragraphs. Story so far: ~",
};

static const char *const agents[] = {
    "System: you can call the tools search, open and finish. Think step by step and call one tool "
    "in "
    "each turn. Task: _ History: ^ What is the next call?",
    "System: you can call the tools search, open and finish. Think step by step and call one tool "
    "in "
    "each turn. Never repeat a call that has failed before. Task: _ History: ^ What is the next "
    "call?",
    "Rate from # to # how well the answer is supported by the context. Context: ^ Answer: ~ Reply "
    "with "
    "the number alone.",
    "Rate from # to # how relevant the answer is to the question. Question: _ Answer: ~ Reply with "
    "the "
    "number alone.",
    "Rewrite the question so that it can be understood without the conversation. Conversation: ~ "
    "Question: _ Standalone question:",
    "Given the schema of the tables below write one SQL query that answers the question and "
    "nothing "
    "else. Schema: ^ Question: _ SQL:",
};

struct set {
    const char *name;
    const char *const *templates;
    size_t n;
    size_t prompts;
    double skew; /* the next template is so much rarer */
    uint64_t seed;
    double at_least; /* share of prompts in exactly the right group */
};

/* As statistics.md, section 12, has it of its own trial: 1.000, 1.000, 0.986, 1.000. */
static const struct set sets[] = {
    {"support",              support,    5, 2000, 0.8, 11, 1.000},
    {"near-identical",       close_ones, 5, 2000, 0.7, 12, 1.000},
    {"short",                short_ones, 8, 2000, 0.9, 13, 0.986},
    {"agents",               agents,     6, 3000, 0.6, 14, 1.000},
    {"support, others",      support,    5, 6000, 0.8, 21, 1.000}, /* more than are learned from */
    {"near-identical, rare", close_ones, 5, 4000, 0.3, 22, 0.986},
};

static void add_words(struct random *r, struct buf *b, size_t most)
{
    size_t n = 1 + (size_t)random_below(r, most);

    for (size_t i = 0; i < n; i++) { /* few words are frequent, many are rare */
        uint64_t rank = random_below(r, 1 + random_below(r, 1 + random_below(r, 3000)));

        buf_printf(b, "%sw%c%c%c", i ? " " : "", 'a' + (int)(rank % 26),
                   'a' + (int)(rank / 26 % 26), 'a' + (int)(rank / 676 % 26));
    }
}

static void render(struct random *r, const char *template, struct buf *b)
{
    static const char *const names[] = {"Anna", "Bodo",  "Carla", "Dieter",
                                        "Emil", "Frida", "Gustav"};

    for (; *template; template ++)
        switch (*template) {
        case '_':
            add_words(r, b, 12);
            break;
        case '~':
            add_words(r, b, 60);
            break;
        case '^':
            add_words(r, b, 400);
            break;
        case '#':
            buf_printf(b, "%u", (unsigned)random_below(r, 1000));
            break;
        case '@':
            buf_str(b, names[random_below(r, 7)]);
            break;
        default:
            buf_char(b, *template);
        }
}

static size_t draw(struct random *r, const struct set *set)
{
    double total = 0, weight = 1, at;

    for (size_t i = 0; i < set->n; i++, weight *= set->skew)
        total += weight;
    at = random_unit(r) * total;
    weight = 1;
    for (size_t i = 0; i + 1 < set->n; i++, weight *= set->skew) {
        if (at < weight)
            return i;
        at -= weight;
    }
    return set->n - 1;
}

/* Share of prompts in exactly the right group. */
static double right(const size_t *truth, const size_t *found, size_t n, size_t templates,
                    size_t groups)
{
    size_t *counts = calloc(templates * groups + 1, sizeof(*counts)), ok = 0;

    for (size_t i = 0; i < n; i++)
        if (found[i] != TEMPLATES_NONE)
            counts[truth[i] * groups + found[i]]++;
    for (size_t t = 0; t < templates; t++) {
        size_t best = 0, others = 0;

        for (size_t g = 0; g < groups; g++)
            if (counts[t * groups + g] > counts[t * groups + best])
                best = g;
        for (size_t other = 0; groups && other < templates; other++)
            if (other != t)
                others += counts[other * groups + best];
        ok += groups && !others ? counts[t * groups + best] : 0;
    }
    free(counts);
    return (double)ok / (double)n;
}

static void try_set(const struct set *set)
{
    struct sv *prompts = calloc(set->prompts, sizeof(*prompts));
    size_t *truth = calloc(set->prompts, sizeof(*truth));
    size_t *found = calloc(set->prompts, sizeof(*found));
    struct templates *t = NULL;
    struct arena arena = {0};
    struct random r;
    struct error err;
    double share;

    random_init(&r, set->seed);
    for (size_t i = 0; i < set->prompts; i++) {
        struct buf b = {0};

        truth[i] = draw(&r, set);
        render(&r, set->templates[truth[i]], &b);
        prompts[i] = arena_copy(&arena, (struct sv){b.p, b.n});
        buf_release(&b);
    }
    cr_assert_eq(templates_learn(prompts, set->prompts, 0, &t, &err), OK);
    for (size_t i = 0; i < set->prompts; i++)
        found[i] = templates_match(t, prompts[i]);
    share = right(truth, found, set->prompts, set->n, templates_count(t));
    printf("templates: %-22s %zu prompts of %zu templates: %zu groups, %.3f exactly right\n",
           set->name, set->prompts, set->n, templates_count(t), share);
    cr_expect_geq(share, set->at_least, "%s: %.4f in exactly the right group", set->name, share);
    templates_free(t);
    arena_release(&arena);
    free(prompts);
    free(truth);
    free(found);
}

Test(templates, of_rendered_prompts)
{
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
        try_set(&sets[i]);
}

/* Ten prompts of one template and two odd ones. */
Test(templates, a_few_by_hand)
{
    static const char *const filling[] = {"red",    "green shoes", "a blue 7 car", "tea",
                                          "",       "x y z",       "moon",         "http://a.b/c",
                                          "me@b.c", "two apples"};
    struct sv prompts[12];
    struct templates *t = NULL;
    char text[10][100];
    struct error err;

    for (size_t i = 0; i < 10; i++) {
        snprintf(text[i], sizeof(text[i]), "Find the best offer for %s in our whole shop, please",
                 filling[i]);
        prompts[i] = sv_from(text[i]);
    }
    prompts[10] = SV("hello");
    prompts[11] = SV("");
    cr_assert_eq(templates_learn(prompts, 12, 0, &t, &err), OK);
    cr_assert_eq(templates_count(t), 1);
    for (size_t i = 0; i < 10; i++)
        cr_expect_eq(templates_match(t, prompts[i]), 0, "%s", text[i]);
    cr_expect_eq(templates_match(t, SV("Find the best offer for gold 1 in our whole shop, please")),
                 0);
    cr_expect_eq(templates_match(t, SV("Find the best offer for gold 1 in our whole shop")),
                 TEMPLATES_NONE);
    cr_expect_eq(templates_match(t, prompts[10]), TEMPLATES_NONE);
    cr_expect_eq(templates_match(t, prompts[11]), TEMPLATES_NONE);
    cr_expect(
        sv_is(templates_pattern(t, 0), "Find the best offer for <*> in our whole shop, please"));
    cr_expect_eq(templates_name(t, 0).n, 14);
    templates_free(t);
}

Test(templates, nothing_to_learn)
{
    static const struct sv odd[] = {
        {"",             0},
        {"\0\0\xff\xfe", 4},
        {" \t\n",        3},
        {"one",          3}
    };
    struct templates *t = NULL;
    struct error err;

    cr_assert_eq(templates_learn(NULL, 0, 0, &t, &err), OK);
    cr_expect_eq(templates_count(t), 0);
    cr_expect_eq(templates_match(t, SV("anything")), TEMPLATES_NONE);
    templates_free(t);
    cr_assert_eq(templates_learn(odd, 4, 0, &t, &err), OK);
    cr_expect_eq(templates_count(t), 0);
    templates_free(t);
    templates_free(NULL);
}

/* The names are those of the words, whatever came in which order. */
Test(templates, names_do_not_depend_on_order)
{
    struct sv forth[8], back[8];
    struct templates *a = NULL, *b = NULL;
    char text[8][64];
    struct error err;

    for (size_t i = 0; i < 8; i++) {
        snprintf(text[i], sizeof(text[i]), "Tell me more about w%c in the style of Kafka",
                 'a' + (int)i);
        forth[i] = back[7 - i] = sv_from(text[i]);
    }
    cr_assert_eq(templates_learn(forth, 8, 1, &a, &err), OK);
    cr_assert_eq(templates_learn(back, 8, 2, &b, &err), OK);
    cr_assert(templates_count(a) == 1 && templates_count(b) == 1);
    cr_expect(sv_eq(templates_name(a, 0), templates_name(b, 0)));
    templates_free(a);
    templates_free(b);
}
