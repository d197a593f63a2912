/* checks: see the header. */
#include "record/checks.h"

#include "base/error.h"

#include "base/banned.h"

static const struct {
    const char *name;
    enum check check;
    bool thumb;
} names[] = {
    {"quality",              CHECK_QUALITY      , false},
    {"quality_score",        CHECK_QUALITY      , false},
    {"score",                CHECK_QUALITY      , false},
    {"eval_score",           CHECK_QUALITY      , false},
    {"llm_eval_score",       CHECK_QUALITY      , false},
    {"overall",              CHECK_QUALITY      , false},
    {"overall_score",        CHECK_QUALITY      , false},
    {"hallucination",        CHECK_HALLUCINATION, false},
    {"hallucination_score",  CHECK_HALLUCINATION, false},
    {"hallucinated",         CHECK_HALLUCINATION, false},
    {"relevance",            CHECK_RELEVANCE    , false},
    {"relevance_score",      CHECK_RELEVANCE    , false},
    {"relevancy",            CHECK_RELEVANCE    , false},
    {"answer_relevance",     CHECK_RELEVANCE    , false},
    {"answer_relevancy",     CHECK_RELEVANCE    , false},
    {"toxicity",             CHECK_TOXICITY     , false},
    {"toxicity_score",       CHECK_TOXICITY     , false},
    {"toxic",                CHECK_TOXICITY     , false},
    {"refusal",              CHECK_REFUSAL      , false},
    {"refused",              CHECK_REFUSAL      , false},
    {"format_compliance",    CHECK_FORMAT       , false},
    {"format_valid",         CHECK_FORMAT       , false},
    {"json_valid",           CHECK_FORMAT       , false},
    {"valid_json",           CHECK_FORMAT       , false},
    {"schema_valid",         CHECK_FORMAT       , false},
    {"schema_compliance",    CHECK_FORMAT       , false},
    {"feedback",             CHECK_FEEDBACK     , true},
    {"user_feedback",        CHECK_FEEDBACK     , true},
    {"user_rating",          CHECK_FEEDBACK     , false},
    {"rating",               CHECK_FEEDBACK     , false},
    {"thumbs",               CHECK_FEEDBACK     , true},
    {"csat",                 CHECK_FEEDBACK     , false},
};

static bool same_name(struct sv name, const char *known)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        else if (c == '-' || c == ' ')
            c = '_';
        if (!known[i] || c != known[i])
            return false;
    }
    return !known[name.n];
}

enum check check_of(struct sv score_name)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (same_name(score_name, names[i].name))
            return names[i].check;
    return CHECK_COUNT;
}

bool check_is_thumb(struct sv score_name)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (names[i].thumb && same_name(score_name, names[i].name))
            return true;
    return false;
}

bool check_is_bad(enum check c)
{
    return c == CHECK_HALLUCINATION || c == CHECK_TOXICITY || c == CHECK_REFUSAL;
}

bool check_event(enum check c, double value)
{
    return check_is_bad(c) ? value > 0.5 : value >= 0.5;
}
