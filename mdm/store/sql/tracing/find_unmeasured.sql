-- Find when the first event was published that was not measured yet.
SELECT min(o.published_at) AS since
FROM publishers.outbox o, propagation_mark m
WHERE o.published_at > m.measured_until AND o.subject LIKE :subjects
