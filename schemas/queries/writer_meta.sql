-- One set of leftover scalars.
SELECT scalars FROM meta WHERE meta_id = :meta_id;
