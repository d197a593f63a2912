-- Takes line :id out of quarantine; 0: all.
DELETE FROM quarantine WHERE quarantine_id = :id OR :id = 0;
