#include <criterion/criterion.h>

#include "base/error.h"
#include "format/text_log.h"

static const struct {
    const char *line, *about; /* NULL: of no known log */
} cases[] = {
    {"INFO 05-12 12:11:25 metrics.py:334] Avg prompt throughput: 0.0 tokens/s",                    "vLLM"},
    {"INFO 10-10 01:00:10 [loggers.py:116] Engine 000: Avg prompt throughput: 0.0",                "vLLM"},
    {"WARNING 10-10 01:00:10.123 [v1/engine/core.py:1] x",                                         "vLLM"},
    {"(EngineCore_DP0 pid=4711) INFO 10-10 01:00:10 [core.py:77] Initializing",                    "vLLM"},
    {"\x1b[1;36m(APIServer pid=1)\x1b[0;0m INFO 10-10 01:00:10 [api_server.py:1] x",               "vLLM"},
    {"2025-05-01T01:31:02.842858Z  INFO text_generation_router::server: Connected",
     "--json-output"                                                                                     },
    {"\x1b[2m2025-05-01T01:31:02.842858Z\x1b[0m \x1b[32m INFO\x1b[0m text_generation_launcher: x",
     "--json-output"                                                                                     },
    {"INFO 05-12 12:11:25 metrics.cc:334] x",                                                      NULL  },
    {"INFO 05-12 12:11:25 [metrics.py:334",                                                        NULL  },
    {"INFO 05-12 12:11 metrics.py:334] x",                                                         NULL  },
    {"INFO:     Started server process [1]",                                                       NULL  },
    {"NOTE 05-12 12:11:25 metrics.py:334] x",                                                      NULL  },
    {"(no end INFO 05-12 12:11:25 metrics.py:334] x",                                              NULL  },
    {"2025-05-01T01:31:02.842858Z  INFO hyper::client: Connected",                                 NULL  },
    {"\x1b[",                                                                                      NULL  },
    {"\x1b[31",                                                                                    NULL  },
    {"INFO 05-12 12:11:25",                                                                        NULL  },
    {"",                                                                                           NULL  },
};

Test(text_log, lines)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *note = text_log_note(sv_from(cases[i].line));

        cr_expect(cases[i].about ? note && strstr(note, cases[i].about) : !note, "%s: %s",
                  cases[i].line, note ? note : "none");
    }
    cr_expect(text_log_note(SV_NONE) == NULL);
}
