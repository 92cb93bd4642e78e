-- Delete some of the events published before an instant.
DELETE FROM publishers.outbox
WHERE seq IN (
    SELECT seq FROM publishers.outbox WHERE published_at < %(before)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
