-- Find messages of a stream that the database has never written: newer than the head of their subject, and not waiting.
SELECT given.subject, given.version, given.event_id
FROM unnest(%(subjects)s::text[], %(versions)s::bigint[], %(event_ids)s::uuid[])
     AS given (subject, version, event_id)
LEFT JOIN publishers.head AS head ON head.subject = given.subject
LEFT JOIN publishers.outbox AS event ON event.subject = given.subject AND event.id = given.event_id
WHERE given.version >= coalesce(head.version, 0) AND given.event_id IS DISTINCT FROM head.event_id AND event.seq IS NULL
