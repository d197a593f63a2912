# On real texts at most one alarm in 1,000 calls is for personal data that nobody put there. The one
# address in them is somebody's example in an answer, and counts as an alarm here.
corpus=$TESTDATA/../../shared/corpus
[ -d "$corpus" ] || exit 77
llmobs ingest -q "$corpus" 2>/dev/null
sqlite3 llmobs.db "SELECT count(DISTINCT call_id) * 1000 <= (SELECT count(*) FROM v_calls)
    FROM v_findings WHERE kind IN ('email', 'iban', 'card', 'us_ssn', 'uk_nino', 'fr_nir', 'es_dni',
    'it_codice_fiscale', 'de_steuer_id', 'pt_nif', 'br_cpf', 'cn_resident_id', 'jp_my_number',
    'ch_ahv', 'ca_sin', 'phone', 'ip_address');
    SELECT count(*) > 300 FROM v_calls WHERE pii_output IS NOT NULL"
