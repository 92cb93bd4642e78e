-- Read the events of a master, newest first, and where each is: in the outbox, or since when in the stream.
SELECT v.version, v.event_id, v.event_type, v.recorded_at, v.status, v.release,
       coalesce(p.published_at, o.published_at, h.published_at) AS published_at,
       coalesce(p.stream_sequence, o.stream_sequence, h.stream_sequence) AS stream_sequence,
       o.seq IS NOT NULL AND o.published_at IS NULL AS waits, o.attempts, o.last_error
FROM golden_version v
LEFT JOIN propagation p ON (p.master_id, p.version) = (v.master_id, v.version)
LEFT JOIN publishers.outbox o ON (o.subject, o.version) = (:subject, v.version)
LEFT JOIN publishers.head h ON (h.subject, h.version, h.event_id) = (:subject, v.version, v.event_id)
WHERE v.master_id = :id AND (CAST(:before AS int) IS NULL OR v.version < :before)
ORDER BY v.version DESC
LIMIT :limit
