-- Scores of calls, traces, sessions and cases. NULL: the log does not say.
--   score_id, call_id   row numbers; call_id: the call in v_calls it judges, NULL while it waits
--                   for that call or judges something else
--   identity, call_identity   the same as text that every database agrees on
--   target          call trace session case; target_id: id of the trace, session or case
--   name, scorer, label   text; scorer: api annotation eval user rule judge human
--   judge_model     the model of a judge
--   value           number, NULL: none or unreadable
--   passed          0 or 1
--   at              RFC 3339, UTC, microseconds; at_us: microseconds since 1970 UTC
--   weight          calls that the one judged stands for, where a sample says so
CREATE VIEW v_scores AS
SELECT
    score_id,
    call_id,
    identity,
    (SELECT ids.identity FROM v_call_ids AS ids WHERE ids.call_id = score.call_id) AS call_identity,
    CASE target WHEN 0 THEN 'call' WHEN 1 THEN 'trace' WHEN 2 THEN 'session' WHEN 3 THEN 'case' END
        AS target,
    CASE substr(target_id, 1, 1)
        WHEN x'00' THEN CAST(substr(target_id, 2) AS TEXT)
        WHEN x'01' THEN lower(
            hex(substr(target_id, 2, 4)) || '-' || hex(substr(target_id, 6, 2)) || '-' ||
            hex(substr(target_id, 8, 2)) || '-' || hex(substr(target_id, 10, 2)) || '-' ||
            hex(substr(target_id, 12)))
        WHEN x'02' THEN lower(hex(substr(target_id, 2)))
    END AS target_id,
    (SELECT text FROM dictionary WHERE dimension = 'score_name' AND id = name_id) AS name,
    (SELECT text FROM dictionary WHERE dimension = 'scorer' AND id = scorer_id) AS scorer,
    (SELECT text FROM dictionary WHERE dimension = 'judge_model' AND id = judge_model_id)
        AS judge_model,
    label,
    value,
    passed,
    strftime('%Y-%m-%dT%H:%M:%S', (at_us - 999999 * (at_us < 0)) / 1000000, 'unixepoch')
        || printf('.%06dZ', (at_us % 1000000 + 1000000) % 1000000) AS at,
    at_us,
    (SELECT weight FROM score_weight AS w WHERE w.score_id = score.score_id) AS weight
FROM score;
