-- Note where the stream has the newest events of subjects, unless these have moved on.
UPDATE publishers.head AS head
SET stream_sequence = found.stream_sequence, published_at = clock_timestamp()
FROM unnest(
    %(subject)s::text[], %(version)s::bigint[], %(event_id)s::uuid[], %(stream_sequence)s::bigint[]
) AS found (subject, version, event_id, stream_sequence)
WHERE head.subject = found.subject AND head.version = found.version AND head.event_id = found.event_id
  AND head.stream_sequence <> found.stream_sequence
