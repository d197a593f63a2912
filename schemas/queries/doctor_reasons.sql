-- Why lines are in quarantine: reason, field (NULL: the line as a whole), lines. Most first.
SELECT reason, field, count(*)
FROM quarantine
GROUP BY reason, field
ORDER BY count(*) DESC, reason, field;
