-- I7: the newest version of every master is in the stream (its head says so) or waits in the outbox.
SELECT 'master ' || m.id || ' version ' || m.version || ' is neither published nor waiting' AS finding
FROM master m
LEFT JOIN publishers.head h ON h.subject = :prefix || '.' || m.domain || '.' || m.id AND h.version = m.version
LEFT JOIN publishers.outbox o ON o.subject = :prefix || '.' || m.domain || '.' || m.id AND o.version = m.version
     AND o.published_at IS NULL
WHERE h.subject IS NULL AND o.subject IS NULL
UNION ALL
SELECT 'the event of ' || h.subject || ' version ' || h.version || ' is not the one that version announced'
FROM publishers.head h
JOIN golden_version v ON v.master_id = CAST(substring(h.subject FROM '[^.]+$') AS uuid) AND v.version = h.version
LEFT JOIN restoration r ON r.master_id = v.master_id AND v.version BETWEEN r.lost_from AND r.lost_until
WHERE starts_with(h.subject, :prefix || '.') AND v.event_id <> h.event_id AND r.id IS NULL
