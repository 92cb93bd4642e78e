-- Find what the outbox or a head still knows of messages that have gone from their stream, by their sequence there.
SELECT DISTINCT ON (gone.number)
    gone.number, known.place, known.subject, known.headers, known.data
FROM jsonb_to_recordset(CAST(:gone AS jsonb)) AS gone (number int, sequence bigint, since timestamptz, until timestamptz)
JOIN (
    SELECT 'head' AS place, subject, headers, data, stream_sequence, published_at
    FROM publishers.head
    UNION ALL
    SELECT 'outbox', subject, headers, data, stream_sequence, published_at
    FROM publishers.outbox
    WHERE published_at IS NOT NULL
) AS known
    ON known.stream_sequence = gone.sequence
    AND starts_with(known.subject, :prefix)
    AND (gone.since IS NULL OR known.published_at >= gone.since)
    AND known.published_at <= gone.until
ORDER BY gone.number, known.published_at DESC, known.place
