-- What has been read, and how far.
--   source_id       row number
--   path            as it was given; of a table in a database logs.db/responses
--   lines           complete lines read, of a table rows; a database itself has none
--   offset          bytes of the decompressed stream, or of the rows as JSON, behind the last one
--   size_bytes      of the file when it was last seen
--   complete        1: nothing was left unread then
--   lineage         equal for a file and what came after it at its path (rotation, truncation)
--   copy_of         path of the source that its first copy_line lines are a copy of; NULL: none
CREATE VIEW v_sources AS
SELECT
    source_id,
    path,
    lines,
    "offset",
    size_bytes,
    complete,
    lineage,
    (SELECT original.path FROM source AS original WHERE original.source_id = source.copy_of)
        AS copy_of,
    nullif(copy_line, 0) AS copy_line
FROM source;
