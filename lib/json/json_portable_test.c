/* The tests of json once more, over the scan in plain C that other machines use. */
#define JSON_PORTABLE 1
#include "json/json.c"
#include "json/json_test.c"
