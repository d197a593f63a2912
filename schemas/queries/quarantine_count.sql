-- How many lines are in quarantine.
SELECT count(*) FROM quarantine;
