-- Write many events in the order given.
INSERT INTO publishers.outbox (id, subject, version, type, digest, headers, data)
SELECT event.id, event.subject, event.version, event.type, event.digest, event.headers::jsonb, event.data
FROM unnest(
    %(id)s::uuid[], %(subject)s::text[], %(version)s::bigint[], %(type)s::text[], %(digest)s::text[],
    %(headers)s::text[], %(data)s::bytea[]
) WITH ORDINALITY AS event (id, subject, version, type, digest, headers, data, position)
ORDER BY event.position
