-- A new decision.
INSERT INTO branch_decision (identity_key, identity, call_key, call_id, request, trace,
                             from_node_id, to_node_id, condition_id, result, decided_us, context,
                             source_id, source_line)
VALUES (:identity_key, :identity, :call_key, :call_id, :request, :trace, :from_node_id,
        :to_node_id, :condition_id, :result, :decided_us, :context, :source_id, :source_line);
