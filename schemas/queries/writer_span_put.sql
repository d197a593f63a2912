-- A span, new or again. What one export lacks the other gives; where both speak, the earlier start,
-- the later end, the graver status (3, unknown, counts as none) and the larger text hold, so that
-- the order does not matter.
INSERT INTO span (trace_key, span, parent, name, kind, service, scope, error_type, status,
                  started_us, ended_us, attributes, call_id, source_id, source_line)
VALUES (:trace_key, :span, :parent, :name, :kind, :service, :scope, :error_type, :status,
        :started_us, :ended_us, :attributes, :call_id, :source_id, :source_line)
ON CONFLICT (trace_key, span) DO UPDATE SET
    parent = max(coalesce(parent, excluded.parent), coalesce(excluded.parent, parent)),
    name = max(coalesce(name, excluded.name), coalesce(excluded.name, name)),
    kind = max(coalesce(kind, excluded.kind), coalesce(excluded.kind, kind)),
    service = max(coalesce(service, excluded.service), coalesce(excluded.service, service)),
    scope = max(coalesce(scope, excluded.scope), coalesce(excluded.scope, scope)),
    error_type = max(coalesce(error_type, excluded.error_type),
                     coalesce(excluded.error_type, error_type)),
    status = CASE WHEN status = 3 THEN excluded.status WHEN excluded.status = 3 THEN status
                  ELSE max(status, excluded.status) END,
    started_us = min(coalesce(started_us, excluded.started_us),
                     coalesce(excluded.started_us, started_us)),
    ended_us = max(coalesce(ended_us, excluded.ended_us), coalesce(excluded.ended_us, ended_us)),
    attributes = max(coalesce(attributes, excluded.attributes),
                     coalesce(excluded.attributes, attributes)),
    call_id = coalesce(call_id, excluded.call_id);
