/* readers: the formats, each defined in the file of its name. */
#ifndef LLMOBS_FORMAT_READERS_H
#define LLMOBS_FORMAT_READERS_H

#include "format/format.h"

extern const struct format format_otlp;             /* otlp.c */
extern const struct format format_jaeger;           /* jaeger.c */
extern const struct format format_claude_code;      /* claude_code.c */
extern const struct format format_codex;            /* codex.c */
extern const struct format format_codex_exec;       /* codex_exec.c */
extern const struct format format_pi;               /* pi.c */
extern const struct format format_gemini_cli;       /* gemini_cli.c */
extern const struct format format_gemini_telemetry; /* gemini_telemetry.c */
extern const struct format format_litellm;          /* litellm.c */
extern const struct format format_litellm_spend;    /* litellm.c */
extern const struct format format_langfuse;         /* langfuse.c */
extern const struct format format_langsmith;        /* langsmith.c */
extern const struct format format_braintrust;       /* braintrust.c */
extern const struct format format_helicone;         /* helicone.c */
extern const struct format format_phoenix;          /* phoenix.c */
extern const struct format format_promptfoo;        /* promptfoo.c */
extern const struct format format_inspect;          /* inspect.c */
extern const struct format format_openai_evals;     /* openai_evals.c */
extern const struct format format_lm_eval;          /* lm_eval.c */
extern const struct format format_deepeval;         /* deepeval.c */
extern const struct format format_case_scores;      /* case_scores.c */
extern const struct format format_ragas;            /* ragas.c */
extern const struct format format_swe_agent;        /* swe_agent.c */
extern const struct format format_prompt_analytics; /* s002.c */
extern const struct format format_structlog;        /* s002.c */
extern const struct format format_branch_decisions; /* s004.c */
extern const struct format format_tool_calls;       /* s004.c */
extern const struct format format_llm_call_log;     /* s004.c */
extern const struct format format_privacy_log;      /* s001.c */
extern const struct format format_interaction_log;  /* s003.c */
extern const struct format format_anthropic_batch;  /* provider_anthropic.c */
extern const struct format format_openai_batch;     /* provider_openai.c */
extern const struct format format_openai;           /* provider_openai.c */
extern const struct format format_anthropic;        /* provider_anthropic.c */
extern const struct format format_gemini;           /* provider_gemini.c */
extern const struct format format_bedrock;          /* provider_bedrock.c */
extern const struct format format_cohere;           /* provider_cohere.c */
extern const struct format format_ollama;           /* provider_ollama.c */
extern const struct format format_sse;              /* provider_stream.c */
extern const struct format format_wrapped_body;     /* wrapped_body.c */
extern const struct format format_llm_logs;         /* llm_logs.c */
extern const struct format format_tgi;              /* tgi.c */
extern const struct format format_generic;          /* generic.c */
extern const struct format format_scores;           /* score_lines.c */
extern const struct format format_envelope;         /* envelope.c */

#endif
