-- Read deliveries of a load that waits, after the one that was read last.
SELECT d.id, d.source, d.message_id, d.raw, d.received_at, d.correlation_id, d.traceparent, d.tracestate, d.delivered_by,
       d.load_id, d.hold_id, coalesce(d.feed, l.feed) AS feed, l.context, l.initial
FROM delivery d
JOIN load l ON l.id = d.load_id
WHERE d.state = 'pending' AND d.load_id = :load_id AND d.id > :after
ORDER BY d.id
LIMIT :size
