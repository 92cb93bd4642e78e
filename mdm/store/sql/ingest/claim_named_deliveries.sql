-- Take these deliveries if they are pending, their load is not waiting, and nobody else is processing them.
SELECT d.id, d.source, d.message_id, d.raw, d.received_at, d.correlation_id, d.traceparent, d.tracestate, d.delivered_by,
       d.load_id, d.hold_id, coalesce(d.feed, l.feed) AS feed, l.context, l.initial
FROM delivery d
LEFT JOIN load l ON l.id = d.load_id
WHERE d.state = 'pending' AND d.id = ANY (CAST(:ids AS bigint[]))
  AND (l.id IS NULL OR l.initial OR l.state IN ('accepted', 'released'))
ORDER BY d.id
FOR UPDATE OF d SKIP LOCKED
