-- Read the deliveries of a trace, or one of them, with the records they went into.
SELECT d.id, d.source, d.message_id, d.delivered_by, d.received_at, d.state, d.ended_at, d.traceparent, d.record_id,
       coalesce(r.domain, q.domain) AS domain, r.source_key, f.source_time
FROM delivery d
LEFT JOIN source_record r ON r.id = d.record_id
LEFT JOIN fact f ON f.delivery_id = d.id
LEFT JOIN LATERAL (
    SELECT domain FROM quarantine WHERE delivery_id = d.id ORDER BY id DESC LIMIT 1
) q ON true
WHERE d.correlation_id = :correlation_id AND (CAST(:id AS bigint) IS NULL OR d.id = :id)
ORDER BY d.id
LIMIT :limit
