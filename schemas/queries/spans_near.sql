-- Attributes of the spans called :name among rows :first to :last.
SELECT attributes FROM span
WHERE span_row BETWEEN :first AND :last AND name = :name AND attributes IS NOT NULL;
