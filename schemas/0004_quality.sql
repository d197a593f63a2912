-- What quality reports need beside the scores themselves.

-- How many calls the one that was judged stands for, where it was drawn with a known chance: 1 divided
-- by it. Scores without a row stand for themselves.
CREATE TABLE score_weight (
    score_id INTEGER PRIMARY KEY,
    weight   REAL NOT NULL CHECK (weight > 0)
) STRICT;
