#include "opt.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"

struct sample {
    bool strict, quiet, verbose, ascending, no_cost;
    const char *db, *format;
    struct text_list where, by;
    int64_t limit, max_line;
    struct when since;
};

OPT_WORDS(format_words, "table", "json", "jsonl", "csv")

static const struct opt rows[] = {
    OPT_TEXT(0, "db", "FILE", sample, db, "the database"),
    OPT_CHOICE('f', "format", "FORMAT", format_words, sample, format, "how"),
    OPT_FLAG(0, "strict", sample, strict, "strict"),
    OPT_FLAG('q', "quiet", sample, quiet, "quiet"),
    OPT_FLAG('v', "verbose", sample, verbose, "verbose"),
    OPT_FLAG(0, "no-cost", sample, no_cost, "no money"),
    OPT_LIST(0, "where", "EXPR", sample, where, "which"),
    OPT_COMMAS(0, "by", "DIM[,DIM]", NULL, sample, by, "groups"),
    OPT_INT(0, "limit", "N", sample, limit, 0, "rows"),
    OPT_TIME(0, "since", "TIME", sample, since, "from"),
    OPT_FLAG(0, "asc", sample, ascending, "up"),
    OPT_CLEAR(0, "desc", sample, ascending, "down"),
    OPT_END,
};

static const struct opt more_rows[] = {
    OPT_SIZE(0, "max-line", "SIZE", sample, max_line, 1, "longest"),
    OPT_END,
};

/* Splits a line at blanks into words; "_" in it stands for a blank inside a word. */
static size_t split(const char *line, char *copy, const char **words)
{
    size_t n = 0;

    memcpy(copy, line, strlen(line) + 1);
    for (char *p = copy; *p;) {
        words[n++] = p;
        p += strcspn(p, " ");
        if (*p)
            *p++ = '\0';
    }
    for (size_t i = 0; i < n; i++)
        for (char *p = copy + (words[i] - copy); *p; p++)
            *p = *p == '_' ? ' ' : *p;
    return n;
}

static enum err parse(const char *line, struct sample *s, struct text_list *rest,
                      struct opt_table *tables, struct arena *arena, struct error *err)
{
    const char *words[32];
    char *copy = arena_alloc(arena, strlen(line) + 1);
    size_t n = split(line, copy, words);

    tables[0] = (struct opt_table){rows, s, 0};
    tables[1] = (struct opt_table){more_rows, s, 0};
    return opt_parse(tables, 2, words, n, arena, rest, err);
}

static const char *join(const struct text_list *list, char *out, size_t size)
{
    *out = '\0';
    for (size_t i = 0; i < list->n; i++) {
        size_t n = strlen(out);
        snprintf(out + n, size - n, "%s%s", i ? "|" : "", list->v[i]);
    }
    return out;
}

/* What a line gives, written as "field=value ..." for all fields that differ from zero. */
static const char *shown(const struct sample *s, const struct text_list *rest, struct buf *out)
{
    const struct {
        bool on;
        const char *name;
    } flags[] = {
        {s->strict,    "strict"   },
        {s->quiet,     "quiet"    },
        {s->verbose,   "verbose"  },
        {s->ascending, "ascending"},
        {s->no_cost,   "no-cost"  }
    };
    const struct {
        const char *text, *name;
    } texts[] = {
        {s->db,         "db"    },
        {s->format,     "format"},
        {s->since.text, "since" }
    };
    const struct {
        int64_t v;
        const char *name;
    } numbers[] = {
        {s->limit,    "limit"   },
        {s->max_line, "max-line"}
    };
    const struct {
        const struct text_list *list;
        const char *name;
    } lists[] = {
        {&s->where, "where"},
        {&s->by,    "by"   }
    };
    char list[200];

    buf_reset(out);
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        if (flags[i].on)
            buf_printf(out, "%s ", flags[i].name);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (texts[i].text)
            buf_printf(out, "%s=%s ", texts[i].name, texts[i].text);
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (lists[i].list->n)
            buf_printf(out, "%s=%s ", lists[i].name, join(lists[i].list, list, sizeof(list)));
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        if (numbers[i].v)
            buf_printf(out, "%s=%lld ", numbers[i].name, (long long)numbers[i].v);
    buf_printf(out, "rest=%s", join(rest, list, sizeof(list)));
    return out->p;
}

static const struct {
    const char *line, *want;
} good[] = {
    {"",                            "rest="                          },
    {"a b",                         "rest=a|b"                       },
    {"a --strict b",                "strict rest=a|b"                },
    {"--db x.db",                   "db=x.db rest="                  },
    {"--db=x.db",                   "db=x.db rest="                  },
    {"--db=",                       "db= rest="                      },
    {"--db=a=b",                    "db=a=b rest="                   },
    {"--db --strict",               "db=--strict rest="              },
    {"--db a --db b",               "db=b rest="                     },
    {"-f json",                     "format=json rest="              },
    {"-fjson",                      "format=json rest="              },
    {"-qv",                         "quiet verbose rest="            },
    {"-qfcsv x",                    "quiet format=csv rest=x"        },
    {"-vf csv x",                   "verbose format=csv rest=x"      },
    {"- -q",                        "quiet rest=-"                   },
    {"-- -q --db",                  "rest=-q|--db"                   },
    {"--where a=1 --where b,c",     "where=a=1|b,c rest="            },
    {"--by a,b --by c",             "by=a|b|c rest="                 },
    {"--by ,a,,_b_,",               "by=a|b rest="                   },
    {"--by=",                       "rest="                          },
    {"--limit 5",                   "limit=5 rest="                  },
    {"--limit 9223372036854775807", "limit=9223372036854775807 rest="},
    {"--limit 0",                   "rest="                          },
    {"--max-line 16M",              "max-line=16777216 rest="        },
    {"--max-line 64K",              "max-line=65536 rest="           },
    {"--max-line 1g",               "max-line=1073741824 rest="      },
    {"--max-line 512",              "max-line=512 rest="             },
    {"--since 7d",                  "since=7d rest="                 },
    {"--strict --no-strict",        "rest="                          },
    {"--no-strict --strict",        "strict rest="                   },
    {"--no-cost",                   "no-cost rest="                  },
    {"--asc",                       "ascending rest="                },
    {"--asc --desc",                "rest="                          },
};

Test(opt, reads_command_lines)
{
    struct buf out = {0};

    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct arena arena = {0};
        struct error err = {0};
        struct sample s = {0};
        struct text_list rest = {0};
        struct opt_table tables[2];
        enum err rc = parse(good[i].line, &s, &rest, tables, &arena, &err);

        cr_expect(rc == OK, "%s: %s", good[i].line, err.msg);
        cr_expect_str_eq(shown(&s, &rest, &out), good[i].want, "%s: %s", good[i].line, out.p);
        arena_release(&arena);
    }
    buf_release(&out);
}

static const struct {
    const char *line, *want;
} bad[] = {
    {"--srtict",                        "unknown option --srtict; did you mean --strict?"                           },
    {"--sinse=7d",                      "unknown option --sinse; did you mean --since?"                             },
    {"--max",                           "unknown option --max; did you mean --max-line?"                            },
    {"--zzzzzzzz",                      "unknown option --zzzzzzzz"                                                 },
    {"--=x",                            "unknown option --"                                                         },
    {"--no-such",                       "unknown option --no-such"                                                  },
    {"--no-db",                         "unknown option --no-db"                                                    },
    {"--no-strict=1",                   "unknown option --no-strict; did you mean --strict?"                        },
    {"-x",                              "unknown option -x"                                                         },
    {"-qx",                             "unknown option -x in -qx"                                                  },
    {"-xq",                             "unknown option -x in -xq"                                                  },
    {"--db",                            "--db needs a value: FILE"                                                  },
    {"-f",                              "-f needs a value: FORMAT"                                                  },
    {"-qf",                             "-f needs a value: FORMAT"                                                  },
    {"--strict=yes",                    "--strict takes no value, found \"yes\""                                    },
    {"--format jsom",                   "--format: no \"jsom\"; did you mean json? (one of table, json, jsonl, csv)"},
    {"-f yaml",                         "-f: no \"yaml\"; expected one of table, json, jsonl, csv"                  },
    {"--format=",                       "--format: no \"\"; expected one of table, json, jsonl, csv"                },
    {"--limit x",                       "--limit: expected a whole number, found \"x\""                             },
    {"--limit -1",                      "--limit: expected a whole number, found \"-1\""                            },
    {"--limit 1.5",                     "--limit: expected a whole number, found \"1.5\""                           },
    {"--limit 5k",                      "--limit: expected a whole number, found \"5k\""                            },
    {"--limit=",                        "--limit: expected a whole number, found \"\""                              },
    {"--limit 9223372036854775808",     "--limit: 9223372036854775808 is too large"                                 },
    {"--max-line 9223372036854775807k", "--max-line: 9223372036854775807k is too large"                             },
    {"--max-line 5T",                   "--max-line: expected a size like 512, 64k, 16M or 1G, found \"5T\""        },
    {"--max-line 0",                    "--max-line: expected 1 or more, found 0"                                   },
    {"--since soon",                    "--since: expected a time like " WHEN_FORMS ", found \"soon\""              },
    {"--db\x1b[31m",                    "unknown option --db\\x1b[31m; did you mean"                                },
};

Test(opt, says_what_is_wrong)
{
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct arena arena = {0};
        struct error err = {0};
        struct sample s = {0};
        struct text_list rest = {0};
        struct opt_table tables[2];
        enum err rc = parse(bad[i].line, &s, &rest, tables, &arena, &err);

        cr_expect(rc == ERR_USAGE, "%s: %d", bad[i].line, rc);
        if (!strchr(bad[i].line, '\x1b'))
            cr_expect_str_eq(err.msg, bad[i].want, "%s: %s", bad[i].line, err.msg);
        cr_expect(!strchr(err.msg, '\x1b'));
        arena_release(&arena);
    }
}

static const struct {
    const char *name, *variable, *value, *line, *want;
} surroundings[] = {
    {"fills what is not given",      "LLMOBS_DB",       "e.db", "",            "db=e.db rest="   },
    {"the command line is stronger", "LLMOBS_DB",       "e.db", "--db c.db",   "db=c.db rest="   },
    {"empty is unset",               "LLMOBS_FORMAT",   "",     "",            "rest="           },
    {"choices",                      "LLMOBS_FORMAT",   "csv",  "",            "format=csv rest="},
    {"a flag on",                    "LLMOBS_STRICT",   "1",    "",            "strict rest="    },
    {"a flag off",                   "LLMOBS_STRICT",   "off",  "",            "rest="           },
    {"--no-strict is stronger",      "LLMOBS_STRICT",   "yes",  "--no-strict", "rest="           },
    {"--desc is stronger",           "LLMOBS_ASC",      "1",    "--desc",      "rest="           },
    {"lists do not mix",             "LLMOBS_BY",       "x,y",  "--by z",      "by=z rest="      },
    {"lists",                        "LLMOBS_BY",       "x,y",  "",            "by=x|y rest="    },
    {"dashes are underscores",       "LLMOBS_NO_COST",  "true", "",            "no-cost rest="   },
    {"not for other tables",         "LLMOBS_MAX_LINE", "1k",   "",            "rest="           },
};

Test(opt, reads_the_environment)
{
    struct buf out = {0};

    for (size_t i = 0; i < ARRAY_LEN(surroundings); i++) {
        struct arena arena = {0};
        struct error err = {0};
        struct sample s = {0};
        struct text_list rest = {0};
        struct opt_table tables[2];

        setenv(surroundings[i].variable, surroundings[i].value, 1);
        cr_expect(parse(surroundings[i].line, &s, &rest, tables, &arena, &err) == OK);
        cr_expect(opt_environment(&tables[0], &arena, &err) == OK, "%s: %s", surroundings[i].name,
                  err.msg);
        cr_expect_str_eq(shown(&s, &rest, &out), surroundings[i].want, "%s: %s",
                         surroundings[i].name, out.p);
        unsetenv(surroundings[i].variable);
        arena_release(&arena);
    }
    buf_release(&out);
}

static const struct {
    const char *variable, *value, *want;
} bad_surroundings[] = {
    {"LLMOBS_STRICT", "maybe", "LLMOBS_STRICT: expected 1 or 0, found \"maybe\""                   },
    {"LLMOBS_LIMIT",  "ten",   "LLMOBS_LIMIT: expected a whole number, found \"ten\""              },
    {"LLMOBS_FORMAT", "xml",   "LLMOBS_FORMAT: no \"xml\"; expected one of table, json, jsonl, csv"},
};

Test(opt, names_the_variable_that_is_wrong)
{
    for (size_t i = 0; i < ARRAY_LEN(bad_surroundings); i++) {
        struct arena arena = {0};
        struct error err = {0};
        struct sample s = {0};
        struct opt_table table = {rows, &s, 0};

        setenv(bad_surroundings[i].variable, bad_surroundings[i].value, 1);
        cr_expect(opt_environment(&table, &arena, &err) == ERR_USAGE);
        cr_expect_str_eq(err.msg, bad_surroundings[i].want, "%s", err.msg);
        unsetenv(bad_surroundings[i].variable);
        arena_release(&arena);
    }
}

Test(opt, knows_which_options_take_the_next_word)
{
    const struct opt *const tables[] = {rows, more_rows, NULL};

    cr_expect(opt_takes_next(tables, "--db"));
    cr_expect(opt_takes_next(tables, "-f"));
    cr_expect(opt_takes_next(tables, "-qf"));
    cr_expect(opt_takes_next(tables, "--max-line"));
    cr_expect(!opt_takes_next(tables, "--db=x"));
    cr_expect(!opt_takes_next(tables, "--strict"));
    cr_expect(!opt_takes_next(tables, "-q"));
    cr_expect(!opt_takes_next(tables, "-"));
    cr_expect(!opt_takes_next(tables, "report"));
    cr_expect(!opt_takes_next(tables, ""));
}

#define TEXTS(...) (const char *const[]){__VA_ARGS__}
#define N_TEXTS(...) ARRAY_LEN(((const char *const[]){__VA_ARGS__}))
#define SETTING(key, type, ...) {key, type, TEXTS(__VA_ARGS__), N_TEXTS(__VA_ARGS__), "f"}

static const struct {
    const char *name, *line;
    struct config_setting setting;
    const char *want;
} configured[] = {
    {"fills what is not given",      "",            SETTING("db", JSON_STRING, "c.db"),         "db=c.db rest="      },
    {"the command line is stronger", "--db l.db",   SETTING("db", JSON_STRING, "c.db"),         "db=l.db rest="      },
    {"the environment is stronger",  "",            SETTING("strict", JSON_TRUE, NULL),         "rest="              },
    {"choices",                      "",            SETTING("format", JSON_STRING, "csv"),      "format=csv rest="   },
    {"a flag on",                    "",            {"quiet", JSON_TRUE, NULL, 0, "f"},         "quiet rest="        },
    {"a flag off",                   "",            {"quiet", JSON_FALSE, NULL, 0, "f"},        "rest="              },
    {"--no-quiet is stronger",       "--no-quiet",  {"quiet", JSON_TRUE, NULL, 0, "f"},         "rest="              },
    {"--desc is stronger",           "--desc",      {"asc", JSON_TRUE, NULL, 0, "f"},           "rest="              },
    {"a number",                     "",            SETTING("limit", JSON_NUMBER, "7"),         "limit=7 rest="      },
    {"lists",                        "",            SETTING("by", JSON_ARRAY, "x", "y"),        "by=x|y rest="       },
    {"a text as a list",             "",            SETTING("by", JSON_STRING, "x,y"),          "by=x|y rest="       },
    {"lists do not mix",             "--by z",      SETTING("by", JSON_ARRAY, "x", "y"),        "by=z rest="         },
    {"dashes are underscores",       "",            {"no_cost", JSON_TRUE, NULL, 0, "f"},       "no-cost rest="      },
    {"not for other tables",         "",            SETTING("max_line", JSON_NUMBER, "7"),      "rest="              },
};

Test(opt, reads_the_configuration)
{
    struct buf out = {0};

    setenv("LLMOBS_STRICT", "off", 1);
    for (size_t i = 0; i < ARRAY_LEN(configured); i++) {
        struct config_setting setting = configured[i].setting;
        const struct config c = {.settings = &setting, .n_settings = 1};
        struct arena arena = {0};
        struct error err = {0};
        struct sample s = {0};
        struct text_list rest = {0};
        struct opt_table tables[2];

        cr_expect(parse(configured[i].line, &s, &rest, tables, &arena, &err) == OK);
        cr_expect(opt_environment(&tables[0], &arena, &err) == OK);
        cr_expect(opt_config(&tables[0], &c, &arena, &err) == OK, "%s: %s", configured[i].name,
                  err.msg);
        cr_expect_str_eq(shown(&s, &rest, &out), configured[i].want, "%s: %s", configured[i].name,
                         out.p);
        arena_release(&arena);
    }
    unsetenv("LLMOBS_STRICT");
    buf_release(&out);
}

static const struct {
    struct config_setting setting;
    const char *want;
} bad_configured[] = {
    {SETTING("db", JSON_NUMBER, "1"),             "/db: expected a text, found 1"                          },
    {SETTING("db", JSON_ARRAY, "a"),              "/db: expected a text, found a list"                     },
    {{"db", JSON_TRUE, NULL, 0, "f"},             "/db: expected a text, found true"                       },
    {SETTING("quiet", JSON_STRING, "yes"),        "/quiet: expected true or false, found \"yes\""          },
    {SETTING("quiet", JSON_NUMBER, "1"),          "/quiet: expected true or false, found 1"                },
    {SETTING("limit", JSON_STRING, "7"),          "/limit: expected a whole number, found \"7\""           },
    {SETTING("limit", JSON_NUMBER, "1.5"),        "/limit: expected a whole number, found \"1.5\""         },
    {SETTING("limit", JSON_NUMBER, "-1"),         "/limit: expected a whole number, found \"-1\""          },
    {{"by", JSON_FALSE, NULL, 0, "f"},            "/by: expected a text or a list of texts, found false"   },
    {SETTING("format", JSON_STRING, "jsom"),
     "/format: no \"jsom\"; did you mean json? (one of table, json, jsonl, csv)"                           },
    {SETTING("since", JSON_STRING, "soon"),
     "/since: expected a time like " WHEN_FORMS ", found \"soon\""                                         },
};

Test(opt, names_the_setting_that_is_wrong)
{
    for (size_t i = 0; i < ARRAY_LEN(bad_configured); i++) {
        struct config_setting setting = bad_configured[i].setting;
        const struct config c = {.settings = &setting, .n_settings = 1};
        struct arena arena = {0};
        struct error err = {0};
        struct sample s = {0};
        struct opt_table table = {rows, &s, 0};

        cr_expect(opt_config(&table, &c, &arena, &err) == ERR_USAGE);
        cr_expect_str_eq(err.msg, bad_configured[i].want, "%s", err.msg);
        cr_expect_str_eq(err.file, "f");
        arena_release(&arena);
    }
}

Test(opt, shows_values_as_they_are_written)
{
    static const char *const lines[] = {"--db x.db", "-f csv", "--strict", "--where a=1",
                                        "--by x,y",  "--limit 7", "--since 7d"};
    static const char *const want[] = {"x.db", "csv", "true", "a=1", "x,y", "7", "7d"};
    static const char *const names[] = {"db", "format", "strict", "where", "by", "limit", "since"};

    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct arena arena = {0};
        struct sample s = {0};
        struct text_list rest = {0};
        struct opt_table tables[2];
        struct buf out = {0};

        cr_assert(parse(lines[i], &s, &rest, tables, &arena, NULL) == OK);
        for (const struct opt *row = rows; row->type != OPT_TYPE_END; row++)
            if (strcmp(row->name, names[i]) == 0)
                opt_show(&tables[0], row, &out);
        cr_expect_str_eq(out.p, want[i]);
        buf_release(&out);
        arena_release(&arena);
    }
}
