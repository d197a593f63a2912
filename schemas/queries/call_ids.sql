-- The packed ids of call :call_id: request, trace, span, parent; kind and own id.
SELECT request, trace, span, parent, kind, own FROM call_identity WHERE call_id = :call_id;
