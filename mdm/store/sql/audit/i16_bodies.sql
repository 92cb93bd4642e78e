-- I16: every large event that is the newest of its master, or awaits publishing, has the body it refers to.
WITH large AS (
    SELECT subject, version, event_id, headers ->> 'ce-fulldigest' AS digest
    FROM publishers.head WHERE jsonb_exists(headers, 'ce-dataref')
    UNION
    SELECT subject, version, id, headers ->> 'ce-fulldigest'
    FROM publishers.outbox WHERE published_at IS NULL AND jsonb_exists(headers, 'ce-dataref')
)
SELECT 'the body of ' || l.subject || ' version ' || l.version || CASE
    WHEN b.data IS NULL THEN ' is gone'
    ELSE ' is not the one the event refers to'
END AS finding
FROM large l
LEFT JOIN publishers.body b ON b.event_id = l.event_id
LEFT JOIN restoration r ON r.master_id = CAST(substring(l.subject FROM '[^.]+$') AS uuid)
     AND l.version BETWEEN r.lost_from AND r.lost_until
WHERE (b.data IS NULL OR encode(sha256(b.data), 'hex') <> l.digest) AND r.id IS NULL
