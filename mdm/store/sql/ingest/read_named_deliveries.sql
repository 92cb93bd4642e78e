-- Read these deliveries, with the row of the file they are.
SELECT d.id, d.source, d.message_id, d.raw, d.received_at, d.correlation_id, d.traceparent, d.tracestate, d.delivered_by,
       d.load_id, d.hold_id, coalesce(d.feed, l.feed) AS feed, l.context, l.initial, d.row_number
FROM delivery d
JOIN load l ON l.id = d.load_id
WHERE d.id = ANY (CAST(:ids AS bigint[]))
ORDER BY d.id
