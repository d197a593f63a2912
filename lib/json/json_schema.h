/* json_schema: JSON texts against a JSON Schema (draft 2020-12). */
#ifndef LLMOBS_JSON_JSON_SCHEMA_H
#define LLMOBS_JSON_JSON_SCHEMA_H

#include "json/json.h"

struct json_schema;

enum {
    JSON_SCHEMA_MAX_NESTING = 64,    /* schemas that lead to each other about one value */
    JSON_SCHEMA_MAX_PATTERNS = 1000, /* in a schema; its size and depth: those of document.h */
    JSON_SCHEMA_MAX_DEPTH = 1000,    /* schemas inside each other while a text is checked */
};

/*
 * Reads and checks a schema, once for many texts.
 *
 * What it knows: boolean schemas; type enum const; allOf anyOf oneOf not if then else; properties
 * patternProperties additionalProperties propertyNames required minProperties maxProperties
 * dependentRequired dependentSchemas; items prefixItems contains minContains maxContains minItems
 * maxItems uniqueItems; minimum maximum exclusiveMinimum exclusiveMaximum multipleOf; minLength
 * maxLength (in code points) pattern; $ref within the file ("#", "#/$defs/x", "#anchor"), $defs,
 * definitions, $anchor. Annotations (title, default, format ...) are taken and change nothing. All
 * other keywords are refused, known ones that it cannot judge (unevaluatedProperties, $dynamicRef)
 * and unknown ones alike, so that nothing in a schema is ignored without a word.
 *
 *   text  borrowed until json_schema_free()
 *   file  its name in messages
 *   out   to be freed
 * ERR_PARSE: "FILE:7: /properties/a/minimum: expected a number, found \"1\""; ERR_RANGE: too long,
 * too deep, too many patterns, or a $ref that leads back to itself about the same value; ERR_NOMEM.
 */
NODISCARD enum err json_schema_compile(struct sv text, const char *file, struct json_schema **out,
                                       struct error *err);
void json_schema_free(struct json_schema *s); /* accepts NULL */

/* What is wrong with a text. It says where and which keyword, and never a value of the text. */
struct json_schema_fault {
    const char *keyword; /* of the schema that does not hold: "required"; or "not JSON", "cut off"
                          * (its beginning would be JSON), "code fence" (```json ... ```); NULL: all
                          * is well */
    struct sv pointer;   /* to the value, of a missing or refused member to where that would stand;
                          * a key that the schema does not name is '*'. SV_NONE: it is no JSON */
};

/*
 * Checks a text as RFC 8259 has it: NaN and Infinity are none. Numbers are compared exactly as they
 * are written, 1.0 is an integer. A key that an object has twice counts twice, and all its values
 * have to hold. Patterns are those of regex.h with JavaScript's meaning of $ and \u.
 *
 *   fault  the first one in the order of the text, of each value: type, enum and const, its own
 *          limits, what it is made of, then what schemas together say; an anyOf or oneOf is a fault
 *          of its own. pointer is borrowed until the next call
 * ERR_RANGE: cannot be judged: too long, too deep, or a pattern or the schema takes too many steps;
 * ERR_NOMEM. One thread at a time. O(bytes * schemas that apply to a value), given up when more.
 */
NODISCARD enum err json_schema_check(struct json_schema *s, struct sv text,
                                     struct json_schema_fault *fault, struct error *err);

#endif
