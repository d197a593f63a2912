/* The tests of json once more, over the scan in plain C that other machines use. */
#define JSON_TEST_WAY "plain C"
#include "json/json_test.c"
