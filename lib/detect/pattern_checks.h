/* pattern_checks: whether a number or a word that looks like something is that. */
#ifndef LLMOBS_DETECT_PATTERN_CHECKS_H
#define LLMOBS_DETECT_PATTERN_CHECKS_H

#include "detect/patterns.h"

/* The check of that name in the tables under schemas/detect, or NULL. */
detect_check detect_check_find(struct sv name);

#endif
