-- Take the oldest pending deliveries of a load that nobody else is processing; locked until the transaction ends.
SELECT d.id, d.source, d.message_id, d.raw, d.received_at, d.correlation_id, d.traceparent, d.tracestate, d.delivered_by,
       d.load_id, d.hold_id, coalesce(d.feed, l.feed) AS feed, l.context, l.initial
FROM delivery d
JOIN load l ON l.id = d.load_id
WHERE d.state = 'pending' AND d.load_id = :load_id
ORDER BY d.id
LIMIT :size
FOR UPDATE OF d SKIP LOCKED
