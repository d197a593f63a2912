-- Runs of ids have another form (lib/store/run_blocks.h), and there are such of identity keys:
-- key = ((2 * kind + large) << 40) + number * 1024 + block; kind 0 calls, 1 spans, 2 identity keys.
-- Those of the old form go; like all that is derived they are made anew by the next ingest.
-- Applied once, in one transaction together with PRAGMA user_version; never edited after a release.
DELETE FROM id_run;
