-- Take the last message of a subject for its head, and drop the waiting events whose versions it has used up.
WITH adopted AS (
    INSERT INTO publishers.head AS head
        (subject, version, event_id, digest, stream_sequence, headers, data, published_at)
    VALUES (%(subject)s, %(version)s, %(event_id)s, %(digest)s, %(sequence)s, %(headers)s, %(data)s, %(time)s)
    ON CONFLICT (subject) DO UPDATE
    SET version = excluded.version, event_id = excluded.event_id, digest = excluded.digest,
        stream_sequence = excluded.stream_sequence, headers = excluded.headers, data = excluded.data,
        published_at = excluded.published_at
    WHERE head.version <= excluded.version
)
DELETE FROM publishers.outbox
WHERE subject = %(subject)s AND version <= %(version)s AND published_at IS NULL
