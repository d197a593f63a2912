-- Price row :price_id prices no more calls; those that it has priced keep it.
UPDATE price SET active = 0 WHERE price_id = :price_id;
