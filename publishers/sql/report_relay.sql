-- Say what a relay is doing, and forget those that have said nothing for an hour.
WITH forgotten AS (
    DELETE FROM publishers.relay WHERE seen_at < clock_timestamp() - interval '1 hour' AND holder <> %(holder)s
)
INSERT INTO publishers.relay (
    holder, state, epoch, since, in_flight, published, recognised, retried, refused, blocked, last_error, last_error_at
)
VALUES (
    %(holder)s, %(state)s, %(epoch)s, %(since)s, %(in_flight)s, %(published)s, %(recognised)s, %(retried)s, %(refused)s,
    %(blocked)s, %(last_error)s, %(last_error_at)s
)
ON CONFLICT (holder) DO UPDATE
SET state = excluded.state, epoch = excluded.epoch, since = excluded.since, in_flight = excluded.in_flight,
    published = excluded.published, recognised = excluded.recognised, retried = excluded.retried,
    refused = excluded.refused, blocked = excluded.blocked, last_error = excluded.last_error,
    last_error_at = excluded.last_error_at, seen_at = clock_timestamp()
