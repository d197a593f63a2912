-- Deletes the weights of scores that are no more.
DELETE FROM score_weight WHERE score_id NOT IN (SELECT score_id FROM score);
