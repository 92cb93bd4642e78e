-- Name the keys of these records whose blocks are too large to look into at all.
SELECT k.record_id, k.key
FROM match_key k
WHERE k.record_id = ANY (CAST(:ids AS bigint[]))
  AND (SELECT count(*) FROM (SELECT FROM match_key o WHERE o.key = k.key LIMIT :unbearable + 1) AS block) > :unbearable
