-- Keep deliveries of one source, each message id once; those already there are left as they are.
INSERT INTO delivery (source, message_id, load_id, feed, row_number, raw, digest, delivered_by, received_at,
                      correlation_id, traceparent, tracestate, state)
SELECT :source, message_id, CAST(:load_id AS uuid), :feed, row_number, raw, digest, :actor, :now, correlation_id,
       :traceparent, :tracestate, 'pending'
FROM unnest(CAST(:message_ids AS text[]), CAST(:raws AS bytea[]), CAST(:digests AS bytea[]),
            CAST(:row_numbers AS int[]), CAST(:correlation_ids AS text[]))
     WITH ORDINALITY AS given (message_id, raw, digest, row_number, correlation_id, place)
ORDER BY place
ON CONFLICT (source, message_id) DO NOTHING
