-- Find the records that share keys with these; a key of more than :hot records counts only together with a second one.
WITH mine AS MATERIALIZED (  -- or the block would be counted once for every pair
    SELECT k.record_id, k.key, (
        SELECT count(*) FROM (SELECT FROM match_key o WHERE o.key = k.key LIMIT :unbearable + 1) AS block
    ) AS records
    FROM match_key k
    WHERE k.record_id = ANY (CAST(:ids AS bigint[]))
)
SELECT m.record_id, o.record_id AS candidate_id
FROM mine m
JOIN match_key o ON o.key = m.key AND o.record_id <> m.record_id
WHERE m.records <= :unbearable
GROUP BY m.record_id, o.record_id
HAVING bool_or(m.records <= :hot) OR count(*) > 1
