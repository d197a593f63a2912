-- What a day cost, by model and feature.
--   day             UTC, 2026-11-16; NULL: calls without a time
--   model, feature  as in v_calls; NULL: missing
--   calls, errors   counts; an error is a call of status error
--   input_tokens, output_tokens   sums over the calls that say it; NULL: none does
--   cost_usd        dollars, summed exactly in nano-dollars; NULL: no call has a cost
--   cost_n          calls that have a cost: with fewer than calls, cost_usd is a lower bound
CREATE VIEW v_daily AS
SELECT
    date((started_us - 999999 * (started_us < 0)) / 1000000, 'unixepoch') AS day,
    model,
    feature,
    count(*) AS calls,
    count(*) FILTER (WHERE status = 'error') AS errors,
    sum(input_tokens) AS input_tokens,
    sum(output_tokens) AS output_tokens,
    sum(cost_nusd) / 1e9 AS cost_usd,
    count(cost_nusd) AS cost_n
FROM v_calls
GROUP BY 1, 2, 3;
