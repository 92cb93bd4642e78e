-- Drop the data of bodies whose event is neither in the outbox nor the newest of its subject; that it was there stays.
UPDATE publishers.body
SET data = NULL
WHERE event_id IN (
    SELECT body.event_id
    FROM publishers.body AS body
    WHERE body.data IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM publishers.outbox AS event WHERE event.subject = body.subject AND event.version = body.version
    )
    AND NOT EXISTS (
        SELECT FROM publishers.head AS head WHERE head.subject = body.subject AND head.event_id = body.event_id
    )
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
