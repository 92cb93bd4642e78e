-- Read the oldest unpublished event of every subject that is not busy, with the head it must follow.
WITH candidate AS MATERIALIZED (
    SELECT seq, subject, version
    FROM publishers.outbox
    WHERE published_at IS NULL AND subject <> ALL (%(busy)s::text[])
    ORDER BY seq
    LIMIT %(scan)s
), first AS MATERIALIZED (
    SELECT seq
    FROM (SELECT DISTINCT ON (subject) seq FROM candidate ORDER BY subject, version) AS of_subject
    ORDER BY seq
    LIMIT %(room)s
)
SELECT
    event.seq, event.id, event.subject, event.version, event.digest, event.headers, event.data, event.attempts,
    head.version, head.event_id, head.stream_sequence, head.published_at
FROM first
JOIN publishers.outbox AS event USING (seq)
LEFT JOIN publishers.head AS head ON head.subject = event.subject
ORDER BY event.seq
