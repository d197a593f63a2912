-- The model that gave a score, where the log names it: dictionary 'judge_model'.
ALTER TABLE score ADD COLUMN judge_model_id INTEGER;
