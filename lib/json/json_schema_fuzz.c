/* Fuzz target: any bytes as a schema (up to the first NUL) and as a text (behind it); the text also
 * against the schema that the repository's own documents have. No crash, a message for each
 * refusal, a keyword and a pointer for each fault; and the verdict does not depend on what was
 * checked before. */
#include <stdlib.h>

#include "json/json_schema.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Much of what there is, twice into itself. */
static const char own[] =
    "{\"$defs\":{\"n\":{\"$anchor\":\"n\",\"type\":[\"object\",\"array\",\"integer\",\"string\"],"
    "\"properties\":{\"a\":{\"$ref\":\"#n\"},\"b\":{\"enum\":[1,\"x\",[{}],{\"a\":[1.5]}]}},"
    "\"patternProperties\":{\"^x\":{\"multipleOf\":0.5}},\"additionalProperties\":{\"$ref\":\"#n\"}"
    ","
    "\"propertyNames\":{\"maxLength\":4},\"required\":[\"a\"],\"dependentRequired\":{\"c\":[\"a\"]}"
    ","
    "\"dependentSchemas\":{\"d\":{\"minProperties\":2}},\"prefixItems\":[{\"const\":1}],"
    "\"items\":{\"$ref\":\"#n\"},\"contains\":{\"minimum\":3},\"minContains\":0,\"uniqueItems\":"
    "true,"
    "\"pattern\":\"^(a|b)*$\",\"maxLength\":9,\"exclusiveMaximum\":1e9}},"
    "\"if\":{\"type\":\"object\"},\"then\":{\"$ref\":\"#/$defs/n\"},"
    "\"else\":{\"oneOf\":[{\"$ref\":\"#/$defs/n\"},{\"not\":{\"type\":\"null\"}}]}}";

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(struct json_schema *s, struct sv text)
{
    struct json_schema_fault first, again;
    struct error err = {0};
    enum err rc = json_schema_check(s, text, &first, &err);
    const char *keyword = first.keyword;

    check(!rc || (rc == ERR_RANGE && err.msg[0] && !keyword));
    check(keyword || !first.pointer.n);
    check(!first.pointer.n || first.pointer.p[0] == '/');
    check(json_schema_check(s, SV("[{\"a\":[1,1]}]"), &again, NULL) != ERR_PARSE);
    check(json_schema_check(s, text, &again, NULL) == rc && again.keyword == keyword);
}

static void check_both(struct sv schema, struct sv text)
{
    struct json_schema *s = NULL;
    struct error err = {0};
    enum err rc = json_schema_compile(schema, "f", &s, &err);

    check(!rc == (s != NULL) && (!rc || err.msg[0]));
    if (s)
        check_text(s, text);
    json_schema_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sv schema = {n ? (const char *)data : "", n}, text = schema;
    const char *nul = n ? memchr(data, 0, n) : NULL;

    if (nul) {
        schema.n = (size_t)(nul - schema.p);
        text = (struct sv){nul + 1, n - schema.n - 1};
    }
    check_both(schema, text);
    check_both(SV(own), text);
    return 0;
}
