-- Which lines of sources were sampled.
SELECT source_id, first_line, last_line, rate_ppb, kept, left_out
FROM source_sample ORDER BY source_id, first_line;
