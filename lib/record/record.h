/* record: the first waist. Every line of every log becomes a few of these. */
#ifndef LLMOBS_RECORD_RECORD_H
#define LLMOBS_RECORD_RECORD_H

#include <stdint.h>
#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/sv.h"

/*
 * The fields of a call, in the order of the columns of table `call`. Dimensions are text in a
 * record and dictionary ids in the store; everything behind F_DIM_COUNT is an integer in both.
 * Names, units and meanings: fields.c.
 */
enum call_field {
    F_REQUEST_MODEL,
    F_RESPONSE_MODEL,
    F_PROVIDER,
    F_OPERATION,
    F_FEATURE,
    F_USER,
    F_ENVIRONMENT,
    F_SERVICE,
    F_TEAM,
    F_PROJECT,
    F_AGENT,
    F_TENANT,
    F_PROMPT,
    F_PROMPT_VERSION,
    F_TEMPLATE,
    F_ERROR_KIND,
    F_FINISH_REASON,
    F_FINISH_REASON_RAW,
    F_TIER,
    F_SOURCE_FORMAT,
    F_DIM_COUNT,

    F_STARTED_US = F_DIM_COUNT,
    F_LATENCY_US,
    F_TIME_TO_FIRST_TOKEN_US,
    F_TIME_PER_OUTPUT_TOKEN_US,
    F_QUEUE_US,
    F_INPUT_TOKENS, /* all of them, cached ones included */
    F_OUTPUT_TOKENS, /* all of them, reasoning included */
    F_CACHE_READ_TOKENS,
    F_CACHE_WRITE_TOKENS,
    F_CACHE_WRITE_5M_TOKENS,
    F_CACHE_WRITE_1H_TOKENS,
    F_REASONING_TOKENS,
    F_AUDIO_INPUT_TOKENS,
    F_AUDIO_OUTPUT_TOKENS,
    F_TOTAL_TOKENS_GIVEN, /* only where the source gives nothing but a total */
    F_COST_GIVEN_NUSD,
    F_STATUS,      /* enum call_status */
    F_HTTP_STATUS,
    F_FLAGS,       /* enum call_flag, or-ed; known only when at least one is set */
    F_INPUT_HASH,  /* first 64 bits of SHA-256 of the text, as logs give it in 16 hex digits */
    F_OUTPUT_HASH,
    F_ERROR_HASH,  /* of the error message, whose text is not kept */
    F_INPUT_CHARS,
    F_OUTPUT_CHARS,
    F_COUNT,
};

enum call_status { STATUS_OK = 0, STATUS_ERROR = 1, STATUS_CANCELLED = 2, STATUS_UNKNOWN = 3 };
enum { STATUS_COUNT = STATUS_UNKNOWN + 1 };

/* "ok", "error" ...; SV_NONE for what is none. */
struct sv call_status_name(int64_t status);

enum call_flag {
    FLAG_STREAMING = 1,
    FLAG_BATCH = 2,
    FLAG_FROM_CACHE = 4, /* answered by a proxy's cache: cost 0 is right */
    FLAG_AGGREGATE = 8,  /* stands for several calls */
    FLAG_SIDECHAIN = 16, /* a subagent's call */
    FLAG_ZONELESS = 32,  /* its time had no zone: read as UTC or as the user said */
    FLAG_GUARDRAIL = 64, /* a guardrail was triggered */

    /* What the log says itself: a flag of each is known, and it is set. */
    FLAG_LOGGED_REFUSAL = 1 << 7,
    FLAG_LOGGED_REFUSED = 1 << 8,
    FLAG_LOGGED_PII = 1 << 9,
    FLAG_LOGGED_PII_FOUND = 1 << 10,

    /* What scanning found in the texts. Nothing is known of what was not looked for: see below. */
    FLAG_PII_INPUT = 1 << 11,
    FLAG_PII_OUTPUT = 1 << 12,
    FLAG_SECRET_INPUT = 1 << 13,
    FLAG_SECRET_OUTPUT = 1 << 14,
    FLAG_INJECTION = 1 << 15,
    FLAG_REFUSAL = 1 << 16,
    FLAG_BAD_ANSWER = 1 << 17, /* empty, going round in circles, or not the JSON asked for */
    FLAG_FOUND_ALL = 127 << 11,
};

/* That a flag of what scanning found was looked for, in a text that was there. */
#define FLAG_SCANNED(found) ((found) << 7)

struct field {
    const char *name;      /* "latency_us"; of a dimension the name of --by: "feature" */
    const char *column;    /* in table call: "latency_us", "feature_id" */
    const char *unit;      /* "us", "tokens", "nusd", "" */
    const char *otel;      /* OpenTelemetry's attribute, or NULL */
    const char *help;
};
extern const struct field call_fields[F_COUNT]; /* designated by enum call_field */

/*
 * What makes two records the same one. The identity's text is
 *   ID_SPAN  span:<trace_id>:<span_id>
 *   ID_OWN   <family>:<own>            e.g. claude-code:msg_01X:req_011, request:5c3902b3-...
 *   ID_LINE  line:<32 hex>:<ordinal>   a line without any id of its own: its bytes' hash and how
 *            many equal lines were before it in the same source lineage (the store counts them)
 * ID_STORED is what another database says of an identity: its key, and its text where it keeps it.
 */
enum id_kind { ID_LINE, ID_OWN, ID_SPAN, ID_STORED };

struct identity {
    enum id_kind kind;
    struct sv family; /* ID_OWN: short constant, e.g. "request"; borrowed from static storage */
    struct sv own;    /* ID_OWN; ID_STORED: the identity's text, .p NULL: not kept */
    struct sv trace_id, span_id; /* ID_SPAN: lower-case hex, or the source's own text */
    struct hash128 line; /* ID_LINE; ID_STORED: lo is the key */
    uint32_t ordinal; /* ID_LINE: filled by the store, unless counted */
    bool counted;     /* ID_LINE: another database has counted it */
};

/* 64-bit key of an identity (with its ordinal); equal identities have equal keys. */
uint64_t identity_key(const struct identity *id);

/* Reference from another record to a call; kind ID_LINE with line {0,0} means "no call". */

struct call_record {
    struct identity id;
    uint64_t known;             /* bit f set: field f is known; the others are missing, not 0 */
    struct sv dim[F_DIM_COUNT]; /* in the batch's arena */
    int64_t num[F_COUNT - F_DIM_COUNT]; /* use record_num() */
    struct sv session_id, request_id, trace_id, span_id, parent_span_id; /* .p NULL: missing */
    struct sv guardrails; /* that were triggered, where the log names them: "rule\taction\n" of each,
                           * either may be empty; {NULL,0} when none */
    struct sv meta; /* leftover scalars as one JSON object with sorted keys, {NULL,0} when none */
    uint32_t source; /* source number of the batch */
    int64_t line;    /* line number in the source */
    /* Where its texts stand in the parsed line, while that is at hand: the value that tells of this
     * call alone, or its input and its output. 0: none; a line's only call has all of the line. */
    uint32_t value, input, output;
};

static inline bool record_has(const struct call_record *r, enum call_field f)
{
    return (r->known >> f) & 1;
}

static inline int64_t record_num(const struct call_record *r, enum call_field f)
{
    return r->num[f - F_DIM_COUNT];
}

static inline void record_set_num(struct call_record *r, enum call_field f, int64_t v)
{
    r->num[f - F_DIM_COUNT] = v;
    r->known |= UINT64_C(1) << f;
}

/* An empty or absent text leaves the field missing. The text must live as long as the batch. */
static inline void record_set_dim(struct call_record *r, enum call_field f, struct sv v)
{
    if (!v.n)
        return;
    r->dim[f] = v;
    r->known |= UINT64_C(1) << f;
}

struct maybe_i64 {
    int64_t v;
    bool known;
};

struct maybe_f64 {
    double v;
    bool known;
};

/* Who a span's calls are for. */
enum span_context_dim {
    CONTEXT_FEATURE,
    CONTEXT_USER,
    CONTEXT_TEAM,
    CONTEXT_PROJECT,
    CONTEXT_AGENT,
    CONTEXT_TENANT,
    CONTEXT_DIMS,
};
extern const enum call_field span_context_fields[CONTEXT_DIMS];

struct span_context {
    struct sv dim[CONTEXT_DIMS], session_id; /* .p NULL: missing */
};

struct span_record {
    struct sv trace_id, span_id, parent_span_id;
    struct sv name, kind, service, scope, error_type; /* kind: llm agent tool chain retriever ... */
    struct maybe_i64 started_us, ended_us;
    enum call_status status;
    struct sv attributes; /* allowed scalars as a JSON object with sorted keys, or {NULL,0} */
    bool has_usage; /* a call record of the same identity stands in the batch */
    struct sv guardrails; /* of a span without usage, that were triggered: as of a call_record, but
                           * both may be empty */
    const struct span_context *context; /* of a span without usage: for the calls below it that do
                                         * not say it themselves; NULL: nothing */
    uint32_t source;
    int64_t line;
};

struct tool_record {
    struct identity id;   /* ID_OWN "tool:<tool_call_id>" / ID_SPAN / ID_LINE */
    struct identity call; /* the call that asked for it, or none */
    bool has_call;
    struct sv request_id, trace_id, span_id, tool_name, tool_version, error_kind;
    struct maybe_i64 started_us, ended_us, latency_us, status /* enum call_status */;
    struct maybe_i64 input_chars, output_chars;
    uint32_t source;
    int64_t line;
};

struct branch_record {
    struct identity id;
    struct sv request_id, trace_id, from_node, to_node, condition;
    struct maybe_i64 decided_us, result; /* result 0/1 */
    struct sv context; /* its numbers and booleans as a JSON object with sorted keys, or {NULL,0} */
    uint32_t source;
    int64_t line;
};

enum score_target { TARGET_CALL, TARGET_TRACE, TARGET_SESSION, TARGET_CASE };

struct score_record {
    struct identity id;
    enum score_target target;
    struct identity call; /* TARGET_CALL */
    struct sv target_id;  /* the other targets: trace, session or case id */
    struct sv name, label, scorer; /* scorer: api annotation eval user rule judge human */
    struct sv judge_model;         /* of a judge, where the log names it */
    struct maybe_f64 value;
    struct maybe_i64 passed, at_us; /* passed 0/1 */
    struct maybe_f64 weight; /* calls that the one judged stands for; missing: itself */
    struct sv run, cluster; /* TARGET_CASE: the run by its own name; what the case belongs to */
    uint32_t source;
    int64_t line;
};

enum embedding_role { EMBEDDING_OUTPUT, EMBEDDING_INPUT };

#define EMBEDDING_DIM_MAX 65536

/* The vector that a log gives for a call's answer or for its input. */
struct embedding_record {
    struct identity id;
    struct identity call;
    enum embedding_role role;
    struct sv model;      /* that made the vector, or {NULL,0} */
    const float *vector;  /* dim finite values, in the batch's arena */
    uint32_t dim;         /* 1 .. EMBEDDING_DIM_MAX */
    uint32_t source;
    int64_t line;
};

/* Why a line could not be read. Text: quarantine_reason_name(). */
enum quarantine_reason {
    Q_NOT_JSON,
    Q_BAD_UTF8,
    Q_TOO_LONG,
    Q_TOO_MANY_VALUES,
    Q_INCOMPLETE,
    Q_UNKNOWN_FORMAT,
    Q_BAD_VALUE,
};
const char *quarantine_reason_name(enum quarantine_reason r);

/* What scanning found in one side of a call, counted by kind. */
struct finding_record {
    struct identity call;
    struct sv kind;
    bool output; /* else in the input */
    int64_t n;
    uint32_t source;
    int64_t line;
};

/* What may be kept of the texts of a call, when somebody asked for it. What a model thought is no part
 * of its answer. */
enum text_side { TEXT_CONTEXT, TEXT_INPUT, TEXT_OUTPUT, TEXT_REASONING, TEXT_SIDES };
#define TEXT_RANK_BYTES 40

/* Places of one kind in a text that were made unreadable. */
struct redaction {
    struct sv kind;
    int64_t n;
};

struct text_record {
    struct identity call;
    enum text_side side;
    struct sv text; /* as it is to be stored */
    int64_t chars;  /* of the whole text */
    bool cut;       /* text is only its beginning */
    bool redacted;  /* it was looked through for what is made unreadable: */
    const struct redaction *redactions; /* of the whole text, one of each kind that was there */
    size_t n_redactions;
    unsigned char rank[TEXT_RANK_BYTES]; /* the largest of a call's and side's wins */
    uint32_t source;
    int64_t line;
};

struct quarantine_record {
    enum quarantine_reason reason;
    struct sv field; /* the field that could not be read, or {NULL,0} */
    struct identity id; /* ID_LINE */
    unsigned char sha256[32];
    int64_t offset, length;
    uint32_t source;
    int64_t line;
};

/* A growable array of each kind, and the arena that all their text lives in. */
struct batch {
    struct arena arena;
    struct call_record *calls;
    struct span_record *spans;
    struct tool_record *tools;
    struct branch_record *branches;
    struct score_record *scores;
    struct embedding_record *embeddings;
    struct finding_record *findings;
    struct text_record *texts;
    struct quarantine_record *quarantined;
    size_t n_calls, n_spans, n_tools, n_branches, n_scores, n_embeddings, n_findings,
        n_quarantined;
    size_t cap_calls, cap_spans, cap_tools, cap_branches, cap_scores, cap_embeddings, cap_findings,
        cap_quarantined;
    size_t n_texts, cap_texts;
    bool failed; /* out of memory: what follows was dropped; the batch must not be stored */
};

/* A zeroed new element at the end, or NULL when out of memory (batch->failed is set then). The
 * pointer is good until the next batch_add_* of the same kind. */
struct call_record *batch_add_call(struct batch *b);
struct span_record *batch_add_span(struct batch *b);
struct tool_record *batch_add_tool(struct batch *b);
struct branch_record *batch_add_branch(struct batch *b);
struct score_record *batch_add_score(struct batch *b);
struct embedding_record *batch_add_embedding(struct batch *b);
struct finding_record *batch_add_finding(struct batch *b);
struct text_record *batch_add_text(struct batch *b);
struct quarantine_record *batch_add_quarantine(struct batch *b);

/* Where a line's records begin, to take them all back when a later field turns out unreadable. */
struct batch_mark {
    size_t n_calls, n_spans, n_tools, n_branches, n_scores, n_embeddings;
};
struct batch_mark batch_mark(const struct batch *b);
void batch_rewind(struct batch *b, struct batch_mark m);

size_t batch_size(const struct batch *b); /* records of all kinds; findings are parts of calls */
void batch_reset(struct batch *b);        /* empty, keep capacity */
void batch_release(struct batch *b);

#endif
