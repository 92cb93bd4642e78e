-- Find messages of a stream that the database does not expect: newer than the head of their subject, and not what
-- waits next to be published. The next one may be there because it was stored and is not yet marked.
SELECT given.subject, given.version, given.event_id
FROM unnest(%(subjects)s::text[], %(versions)s::bigint[], %(event_ids)s::uuid[])
     AS given (subject, version, event_id)
LEFT JOIN publishers.head AS head ON head.subject = given.subject
LEFT JOIN LATERAL (
    SELECT id FROM publishers.outbox
    WHERE subject = given.subject AND published_at IS NULL
    ORDER BY version
    LIMIT 1
) AS next ON true
WHERE given.version >= coalesce(head.version, 0) AND given.event_id IS DISTINCT FROM head.event_id
      AND given.event_id IS DISTINCT FROM next.id
