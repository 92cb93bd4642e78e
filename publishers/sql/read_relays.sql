-- Read what the relays heard of in the last seconds are doing.
SELECT holder, state, epoch, since, in_flight, published, recognised, retried, refused, blocked, last_error,
    last_error_at, seen_at
FROM publishers.relay
WHERE seen_at > clock_timestamp() - %(seconds)s * interval '1 second'
ORDER BY epoch DESC, holder
