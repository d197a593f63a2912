-- A span's call, which came after it.
UPDATE span SET call_id = :call_id WHERE span_row = :span_row;
