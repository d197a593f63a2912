-- Records of calls that were kept and left out when sources were sampled, and the smallest and largest
-- share in parts per billion; NULL where nothing was sampled.
SELECT sum(kept), sum(left_out), min(rate_ppb), max(rate_ppb) FROM source_sample;
