-- Takes one mark away.
DELETE FROM annotation WHERE annotation_id = :id;
