-- Hold the lease for longer, or (0 seconds) give it back.
UPDATE publishers.lease
SET expires_at = clock_timestamp() + %(seconds)s * interval '1 second'
WHERE name = %(name)s AND epoch = %(epoch)s
RETURNING epoch
