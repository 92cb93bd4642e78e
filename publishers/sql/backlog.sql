-- Count what awaits publishing and the age of the oldest, in seconds.
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8
FROM publishers.outbox
WHERE published_at IS NULL
