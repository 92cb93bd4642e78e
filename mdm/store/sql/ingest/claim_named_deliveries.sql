-- Take these deliveries if they are still pending and nobody else is processing them.
SELECT d.id, d.source, d.message_id, d.raw, d.received_at, d.correlation_id, d.traceparent, d.tracestate, d.delivered_by,
       coalesce(d.feed, l.feed) AS feed, l.context, l.initial
FROM delivery d
LEFT JOIN load l ON l.id = d.load_id
WHERE d.state = 'pending' AND d.id = ANY (CAST(:ids AS bigint[]))
ORDER BY d.id
FOR UPDATE OF d SKIP LOCKED
