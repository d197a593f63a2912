#include "inputs.h"

#include <criterion/criterion.h>
#include <string.h>

static enum err expand(const char *const *args, size_t n, struct path_list *out, int64_t *missing,
                       struct error *err, struct arena *arena)
{
    struct text_list list = {0};

    for (size_t i = 0; i < n; i++)
        cr_assert(text_list_add(&list, args[i], arena));
    return inputs_expand(&list, arena, out, missing, err);
}

Test(inputs, missing_ones_are_counted_and_left_out)
{
    static const char *const args[] = {"/dev/null", "/no/such/file", "-", "/no/such/other"};
    struct arena arena = {0};
    struct path_list paths = {0};
    struct error err = {0};
    int64_t missing = -1;

    cr_expect(expand(args, ARRAY_LEN(args), &paths, &missing, &err, &arena) == OK);
    cr_expect(missing == 2);
    cr_assert(paths.n == 2);
    cr_expect_str_eq(paths.paths[0], "/dev/null");
    cr_expect_str_eq(paths.paths[1], "-");
    arena_release(&arena);
}

Test(inputs, a_folder_without_logs_is_an_error)
{
    static const char *const args[] = {"schemas/queries"}; /* nothing but .sql in there */
    struct arena arena = {0};
    struct path_list paths = {0};
    struct error err = {0};
    int64_t missing = -1;

    cr_expect(expand(args, 1, &paths, &missing, &err, &arena) == ERR_NOT_FOUND);
    cr_expect(strstr(err.msg, "no log files in there"), "%s", err.msg);
    cr_expect(missing == 0);
    arena_release(&arena);
}

Test(inputs, there_is_a_processor)
{
    cr_expect(inputs_processors() >= 1);
}

Test(inputs, mapping)
{
    struct mapping *map = NULL;
    struct error err = {0};

    cr_expect(inputs_mapping(NULL, &map, &err) == OK && map == NULL);
    cr_expect(inputs_mapping("testdata/mapping/gateway.json", &map, &err) == OK && map != NULL, "%s",
              err.msg);
    mapping_close(map);
    map = NULL;
    cr_expect(inputs_mapping("/no/such/file", &map, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "No such file or directory");
    cr_expect_str_eq(err.file, "/no/such/file");
    cr_expect(inputs_mapping("/", &map, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "Is a directory");
    cr_expect(inputs_mapping("/dev/zero", &map, &err) == ERR_RANGE);
    cr_expect_str_eq(err.msg, "longer than 1048576 bytes");
    cr_expect(inputs_mapping("/dev/null", &map, &err) == ERR_PARSE && map == NULL);
}

Test(inputs, assumed_zone)
{
    struct arena arena = {0};
    const struct zone *zone = NULL;
    struct error err = {0};

    cr_expect(inputs_assume(NULL, &arena, &zone, &err) == OK && zone == NULL);
    cr_expect(inputs_assume("Mars/Olympus", &arena, &zone, &err) == ERR_NOT_FOUND && zone == NULL);
    cr_expect(inputs_assume("UTC", &arena, &zone, &err) == OK && zone != NULL);
    cr_expect(zone_local_to_utc(zone, 1788768000000000) == 1788768000000000);
    arena_release(&arena);
}
