-- Call :call_id costs :cost nano-dollars by row :price_id of table price; NULL: it has no price.
UPDATE call SET cost_computed_nusd = :cost, price_id = :price_id WHERE call_id = :call_id;
