/* The tests of json_end once more, over the masks in plain C that other machines use. */
#define JSON_END_PORTABLE 1
#include "input/json_end.c"
#include "input/json_end_test.c"
