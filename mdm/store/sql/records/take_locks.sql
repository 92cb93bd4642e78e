-- Take advisory locks until the transaction ends, always in ascending order so that two chunks cannot deadlock.
SELECT pg_advisory_xact_lock(number)
FROM unnest(CAST(:numbers AS bigint[])) AS given (number)
