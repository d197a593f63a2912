-- Forgets every chunk; they are rebuilt from call.
DELETE FROM chunk;
