-- Count what awaits publishing, up to a bound.
SELECT count(*)
FROM (SELECT FROM publishers.outbox WHERE published_at IS NULL LIMIT %(bound)s) AS waiting
