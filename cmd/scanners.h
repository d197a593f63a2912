/* scanners: what texts are scanned for, as the options and the configuration say. */
#ifndef LLMOBS_SCANNERS_H
#define LLMOBS_SCANNERS_H

#include "detect/detect.h"
#include "shared.h"

/*
 * The families of --scan and the tables of --patterns; the texts are in the arena. ERR_USAGE for a
 * family that there is not; ERR_IO and ERR_RANGE for a file; ERR_PARSE for what is wrong in it,
 * with its name.
 */
NODISCARD enum err scanners_choose(const struct shared_options *o, struct arena *arena,
                                   struct detect_options *out, struct error *err);

#endif
