-- Count the records that share each of these keys, no further than one beyond :unbearable.
SELECT given.key, (SELECT count(*) FROM (SELECT FROM match_key o WHERE o.key = given.key LIMIT :unbearable + 1) AS block) AS records
FROM unnest(CAST(:keys AS bigint[])) AS given (key)
