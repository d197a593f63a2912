-- The lines of a source that one run has sampled so far.
INSERT OR REPLACE INTO source_sample (source_id, first_line, last_line, rate_ppb, kept, left_out)
VALUES (:source_id, :first_line, :last_line, :rate_ppb, :kept, :left_out);
