-- How far a source has been read, new or again.
INSERT OR REPLACE INTO source (source_id, path, dev, ino, size_bytes, mtime_ns, head, offset, lines,
                               prefix, tail, lineage, copy_of, copy_line, complete)
VALUES (:source_id, :path, :dev, :ino, :size_bytes, :mtime_ns, :head, :offset, :lines,
        :prefix, :tail, :lineage, :copy_of, :copy_line, :complete);
