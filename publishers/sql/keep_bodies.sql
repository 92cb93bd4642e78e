-- Keep the bodies of large events.
INSERT INTO publishers.body (event_id, subject, version, digest, data)
SELECT * FROM unnest(
    %(event_id)s::uuid[], %(subject)s::text[], %(version)s::bigint[], %(digest)s::text[], %(data)s::bytea[]
)
