-- All inputs as far as they have been read, by id. Columns as in table source.
SELECT source_id, path, dev, ino, size_bytes, mtime_ns, head, offset, lines, prefix, tail, lineage,
       copy_of, copy_line, complete
FROM source
ORDER BY source_id;
