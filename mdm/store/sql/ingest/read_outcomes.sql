-- Read what became of deliveries: the record and master they ended in, or why they were set aside last.
SELECT d.id, d.source, d.message_id, d.delivered_by, d.correlation_id, d.state, d.received_at, d.ended_at,
       coalesce(r.domain, q.domain) AS domain, coalesce(r.source_key, q.source_key) AS source_key,
       m.id AS master_id, m.version, q.id AS quarantine_id, q.code, q.message, q.details
FROM delivery d
LEFT JOIN source_record r ON r.id = d.record_id
LEFT JOIN crosswalk c ON c.record_id = r.id AND c.until_version IS NULL
LEFT JOIN master m ON m.id = c.master_id
LEFT JOIN LATERAL (
    SELECT * FROM quarantine WHERE delivery_id = d.id ORDER BY id DESC LIMIT 1
) q ON d.state = 'quarantined'
WHERE d.id = ANY (CAST(:ids AS bigint[]))
