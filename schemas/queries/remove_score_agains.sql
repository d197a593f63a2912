-- Deletes what is said of scores that are no more.
DELETE FROM score_again WHERE score_id NOT IN (SELECT score_id FROM score);
