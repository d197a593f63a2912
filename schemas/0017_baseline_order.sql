-- Baselines of a name are in order of blessed_us from now on, since those of several databases may come
-- together; before, they were in that of baseline_id. Where a clock stood or went back, each is moved
-- behind the one before it.
UPDATE baseline SET blessed_us = (
    SELECT max(before.blessed_us + baseline.baseline_id - before.baseline_id)
    FROM baseline AS before
    WHERE before.name = baseline.name AND before.baseline_id <= baseline.baseline_id);
