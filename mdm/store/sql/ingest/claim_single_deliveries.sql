-- Take the oldest pending deliveries of no load that nobody else is processing; locked until the transaction ends.
SELECT d.id, d.source, d.message_id, d.raw, d.received_at, d.correlation_id, d.traceparent, d.tracestate, d.delivered_by,
       d.load_id, d.hold_id, d.feed, NULL AS context, NULL AS initial
FROM delivery d
WHERE d.state = 'pending' AND d.load_id IS NULL
ORDER BY d.load_id, d.id
LIMIT :size
FOR UPDATE OF d SKIP LOCKED
