-- What scanning found in the texts of calls, one row for each call, kind and side.
--   call_id   the call, as in v_calls
--   kind      email, card, aws_access_key, ignore_instructions, refusal ...
--   side      input or output
--   n         how many times; what was found is not stored
CREATE VIEW v_findings AS
SELECT
    call_id,
    (SELECT text FROM dictionary WHERE dimension = 'finding' AND id = kind_id) AS kind,
    CASE side WHEN 0 THEN 'input' ELSE 'output' END AS side,
    n
FROM finding
WHERE (SELECT shadowed FROM call WHERE call.call_id = finding.call_id) IS NULL;
