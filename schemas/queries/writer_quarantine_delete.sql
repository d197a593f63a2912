-- Takes line :quarantine_id out of quarantine.
DELETE FROM quarantine WHERE quarantine_id = :quarantine_id;
