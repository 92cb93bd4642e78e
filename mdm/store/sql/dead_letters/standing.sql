-- What became of every dead letter, and whether the subscriber stays wrong until somebody does something.
SELECT
    d.id, d.kind, d.at, d.stream, d.stream_sequence, d.subscriber, d.deliveries, d.reason, d.fingerprint, d.found_in,
    d.subject, d.domain, d.master_id, d.event_id, d.event_type, d.version, d.created_at, d.replay_id, d.decided_by,
    d.decided_at, d.note, d.state AS decided, h.version AS newest,
    CASE
        WHEN d.state <> 'open' THEN d.state
        WHEN r.state = 'done' THEN 'replayed'
        WHEN newer.exists THEN 'superseded'
        WHEN r.state IN ('waiting', 'queued', 'running') THEN 'replaying'
        ELSE 'open'
    END AS state,
    CASE
        WHEN d.master_id IS NULL OR d.version IS NULL THEN 'major'
        WHEN newer.exists THEN 'minor'
        ELSE 'critical'
    END AS severity
FROM dead_letter d
LEFT JOIN publishers.head h ON h.subject = d.subject
LEFT JOIN replay r ON r.id = d.replay_id
CROSS JOIN LATERAL (
    SELECT coalesce(h.version > d.version, false) OR EXISTS (
        SELECT FROM dead_letter l
        WHERE l.subscriber = d.subscriber AND l.subject = d.subject AND l.id > d.id AND l.version >= d.version
    ) AS exists
    OFFSET 0  -- looked up once, not once for every use
) AS newer
