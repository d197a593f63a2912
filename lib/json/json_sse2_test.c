/* The tests of json once more, over the scan that x86 without AVX2 uses. */
#define JSON_TEST_WAY "SSE2"
#include "json/json_test.c"
