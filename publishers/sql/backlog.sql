-- Count what awaits publishing and the age of the oldest, in seconds.
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - (
    SELECT created_at FROM publishers.outbox WHERE published_at IS NULL ORDER BY seq LIMIT 1
)), 0)::float8
FROM publishers.outbox
WHERE published_at IS NULL
