-- Mark acknowledged events as published and move the heads of their subjects, if the lease still has our epoch.
WITH lease AS MATERIALIZED (
    SELECT epoch FROM publishers.lease WHERE name = %(name)s AND epoch = %(epoch)s FOR SHARE
), marked AS (
    UPDATE publishers.outbox AS event
    SET published_at = clock_timestamp(), stream_sequence = stored.stream_sequence, last_error = NULL
    FROM unnest(%(seq)s::bigint[], %(stream_sequence)s::bigint[]) AS stored (seq, stream_sequence), lease
    WHERE event.seq = stored.seq
    RETURNING event.subject, event.version, event.id, event.digest, event.stream_sequence, event.headers, event.data,
        event.published_at
), moved AS (
    INSERT INTO publishers.head AS head
        (subject, version, event_id, digest, stream_sequence, headers, data, published_at)
    SELECT subject, version, id, digest, stream_sequence, headers, data, published_at FROM marked
    ON CONFLICT (subject) DO UPDATE
    SET version = excluded.version, event_id = excluded.event_id, digest = excluded.digest,
        stream_sequence = excluded.stream_sequence, headers = excluded.headers, data = excluded.data,
        published_at = excluded.published_at
    WHERE head.version < excluded.version
)
SELECT count(*) FROM lease
