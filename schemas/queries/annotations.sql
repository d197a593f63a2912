-- The marks in [:since, :until), in order.
SELECT annotation_id, at_us, kind, text FROM annotation
WHERE at_us >= :since AND at_us < :until
ORDER BY at_us, annotation_id;
