-- Spans of traces that begin; batch_span is a table in the writer's memory with the columns of
-- span. OR FAIL: a failure ends the transaction anyway, so what the statement changes need not be
-- kept for taking back.
INSERT OR FAIL INTO span
SELECT NULL, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15 FROM batch_span;
