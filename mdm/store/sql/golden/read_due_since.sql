-- Read since when the first of the masters is due, for each of these reasons for which one is.
SELECT given.reason, first.due_at
FROM unnest(CAST(:reasons AS text[])) AS given (reason)
CROSS JOIN LATERAL (SELECT m.due_at FROM master m WHERE m.due_reason = given.reason AND m.due_at <= :now
                    ORDER BY m.due_at LIMIT 1) AS first
