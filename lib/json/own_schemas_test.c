/* own_schemas_test: the schemas of configuration, rules and mappings hold for the documents that
 * stand in the repository, by a reader that knows nothing of those that the program reads them
 * with. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "json/json_schema.h"

/* *room holds it. */
static struct sv file(const char *path, char room[1 << 17])
{
    FILE *f = fopen(path, "r");
    size_t n;

    cr_assert(f, "%s", path);
    n = fread(room, 1, 1 << 17, f);
    cr_assert(n < 1 << 17, "%s", path);
    fclose(f);
    return (struct sv){room, n};
}

/* What stands between the first .Bd -literal and .Ed of a manual page. */
static struct sv example(struct sv page)
{
    ptrdiff_t from = sv_find(page, SV("\n.Bd -literal")), to;

    cr_assert(from >= 0);
    page = (struct sv){page.p + from + 1, page.n - (size_t)from - 1};
    from = sv_find(page, SV("\n"));
    to = sv_find(page, SV("\n.Ed"));
    cr_assert(from >= 0 && to > from);
    return (struct sv){page.p + from, (size_t)(to - from)};
}

static const struct {
    const char *schema, *document;
} documents[] = {
    {"config.schema.json",  "man/llmobs-config.1.in"       },
    {"config.schema.json",  "testdata/fuzz/config/all"     },
    {"rules.schema.json",   "schemas/rules/default.json"   },
    {"rules.schema.json",   "schemas/rules/s000.json"      },
    {"rules.schema.json",   "schemas/rules/s001.json"      },
    {"rules.schema.json",   "schemas/rules/s002.json"      },
    {"rules.schema.json",   "schemas/rules/s003.json"      },
    {"rules.schema.json",   "schemas/rules/s004.json"      },
    {"rules.schema.json",   "testdata/fuzz/rule/all"       },
    {"mapping.schema.json", "testdata/mapping/gateway.json"},
    {"mapping.schema.json", "testdata/mapping/scores.json" },
    {"mapping.schema.json", "testdata/mapping/tools.json"  },
};

static struct json_schema *open_schema(const char *name, char room[1 << 17])
{
    struct json_schema *s = NULL;
    struct error err = {0};
    char path[64];

    snprintf(path, sizeof(path), "schemas/%s", name);
    cr_assert_eq(json_schema_compile(file(path, room), name, &s, &err), OK, "%s:%d: %s", name,
                 (int)err.line, err.msg);
    return s;
}

static void expect(struct json_schema *s, struct sv text, const char *name, const char *keyword)
{
    struct json_schema_fault fault;
    struct error err = {0};

    cr_assert_eq(json_schema_check(s, text, &fault, &err), OK, "%s: %s", name, err.msg);
    if (keyword)
        cr_expect(fault.keyword && strcmp(fault.keyword, keyword) == 0, "%s", name);
    else
        cr_expect(!fault.keyword, "%s: %s %.*s", name, fault.keyword, SV_FMT(fault.pointer));
}

Test(own_schemas, documents)
{
    static char schema[1 << 17], document[1 << 17];

    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        struct json_schema *s = open_schema(documents[i].schema, schema);
        struct sv text = file(documents[i].document, document);

        if (sv_ends(sv_from(documents[i].document), ".in"))
            text = example(text);
        expect(s, text, documents[i].document, NULL);
        json_schema_free(s);
    }
}

/* And they do refuse something. */
Test(own_schemas, mistakes)
{
    static const struct {
        const char *schema, *text, *keyword;
    } cases[] = {
        {"config.schema.json",  "{\"formt\":\"json\"}",                                            "additionalProperties"},
        {"config.schema.json",  "{\"limit\":0}",                                                   "minimum"             },
        {"rules.schema.json",   "{\"rules\":[]}",                                                  "minItems"            },
        {"rules.schema.json",   "{\"name\":\"x\"}",                                                "required"            },
        {"mapping.schema.json", "{\"record\":\"calls\",\"fields\":{}}",                            "enum"                },
        {"mapping.schema.json", "{\"record\":\"score\",\"fields\":{\"name\":\"/n\"},\"meta\":{}}",
         "properties"                                                                                                    },
    };
    static char schema[1 << 17];

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_schema *s = open_schema(cases[i].schema, schema);

        expect(s, sv_from(cases[i].text), cases[i].text, cases[i].keyword);
        json_schema_free(s);
    }
}
