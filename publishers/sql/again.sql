-- Read one event again, if it still awaits publishing, with the head it must follow by now.
SELECT
    event.seq, event.id, event.subject, event.version, event.digest, event.headers, event.data, event.attempts,
    head.version, head.event_id, head.stream_sequence, head.published_at
FROM publishers.outbox AS event
LEFT JOIN publishers.head AS head ON head.subject = event.subject
WHERE event.seq = %(seq)s AND event.published_at IS NULL
