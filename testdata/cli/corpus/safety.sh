# On real texts, of inputs and of answers, at most one call in 1,000 raises an alarm for personal data
# that nobody put there. Every find was looked at and is counted: none is right. (The one address in
# them, john@example.com in an answer, can be nobody's: RFC 2606.) On 2026-11-28: none in 618 calls
# with 379 inputs and 509 answers. When it fails it says how many.
corpus=$TESTDATA/../../shared/corpus
[ -d "$corpus" ] || exit 77
llmobs ingest -q "$corpus" 2>/dev/null
sqlite3 llmobs.db "
    WITH scanned AS (
        SELECT count(*) AS calls, sum(pii_input IS NOT NULL) AS inputs,
               sum(pii_output IS NOT NULL) AS outputs, sum(pii_input = 1 OR pii_output = 1) AS alarms
        FROM v_calls WHERE pii_input IS NOT NULL OR pii_output IS NOT NULL
    )
    SELECT CASE WHEN alarms * 1000 <= calls AND calls >= 600 AND inputs >= 350 AND outputs >= 500
           THEN 'few false alarms, many texts'
           ELSE alarms || ' alarms in ' || calls || ' calls, ' || inputs || ' inputs, ' || outputs || ' outputs'
           END FROM scanned"
